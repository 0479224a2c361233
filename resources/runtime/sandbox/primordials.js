/**
 * Built-in functions as they were before the runtime libraries or a contract could change them.
 *
 * Sandbox code uses these and plain syntax only: no method call on a built-in object, no iteration, no template tag.
 */
const { bind, call } = Function.prototype;

/** The global object, whatever becomes of the name `globalThis`. */
export const globalObject = globalThis;

/** Turn a method into a function whose first argument is the receiver. */
export const uncurryThis = bind.bind(call);

export const { apply, ownKeys, getPrototypeOf, setPrototypeOf, defineProperty, deleteProperty } = Reflect;
export const { getOwnPropertyDescriptor, preventExtensions } = Reflect;
export const { freeze, defineProperty: defineOrThrow } = Object;
export const { parse } = JSON;
export const { isArray } = Array;
export const { fromCharCode } = String;
export const charCodeAt = uncurryThis(String.prototype.charCodeAt);
export const includes = uncurryThis(String.prototype.includes);
export const subarray = uncurryThis(Object.getPrototypeOf(Uint16Array.prototype).subarray);
export const sliceText = uncurryThis(String.prototype.slice);
export const textOf = String;
export const AnyError = Error;
export const PlainTypeError = TypeError;
export const PlainRangeError = RangeError;
export const PlainEvalError = EvalError;

const PlainWeakMap = WeakMap;
const PlainSet = Set;
const { get: weakGet, set: weakSet } = WeakMap.prototype;

/** A WeakMap without methods that could be replaced. */
export function createWeakTable() {
  const table = new PlainWeakMap();
  return {
    get: (key) => apply(weakGet, table, [key]),
    set: (key, value) => apply(weakSet, table, [key, value]),
  };
}

const { add: setAdd, has: setHas } = Set.prototype;

/** A list of distinct values that can be walked by index while it grows. */
export function createDistinctList() {
  const set = new PlainSet();
  const list = [];
  return {
    list,
    has: (value) => apply(setHas, set, [value]),
    add(value) {
      if (apply(setHas, set, [value])) return;
      apply(setAdd, set, [value]);
      list[list.length] = value;
    },
  };
}
