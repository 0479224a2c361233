/**
 * Makes the built-in objects of an isolate the same for every run: what could tell time, chance or other runs apart is
 * removed, what is left is frozen.
 */
import {
  createDistinctList,
  defineOrThrow,
  defineProperty,
  deleteProperty,
  freeze,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  globalObject,
  ownKeys,
  PlainEvalError,
  PlainTypeError,
} from './primordials.js';

/**
 * Gone in every profile. They read a clock, chance, the locale or the garbage collector, share memory, compile
 * text, or queue jobs that would outlive the run.
 */
const REMOVED_GLOBALS = [
  'AsyncDisposableStack',
  'Atomics',
  'Date',
  'FinalizationRegistry',
  'Intl',
  'Promise',
  'SharedArrayBuffer',
  'Temporal',
  'WeakRef',
  'WebAssembly',
  'clearInterval',
  'clearTimeout',
  'console',
  'gc',
  'performance',
  'print',
  'queueMicrotask',
  'setInterval',
  'setTimeout',
];

const asyncIteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* generator() {})())),
);

const REMOVED_MEMBERS = [
  { owner: Math, names: ['random'] },
  { owner: Array, names: ['fromAsync'] },
  { owner: Array.prototype, names: ['toLocaleString'] },
  { owner: Number.prototype, names: ['toLocaleString'] },
  { owner: BigInt.prototype, names: ['toLocaleString'] },
  { owner: Object.getPrototypeOf(Uint8Array.prototype), names: ['toLocaleString'] },
  { owner: Iterator.prototype, names: [Symbol.dispose] }, // V8 adds it late: see `late.js`
  { owner: asyncIteratorPrototype, names: [Symbol.asyncDispose] },
  { owner: String.prototype, names: ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase'] },
];

const functionKinds = [
  Function,
  Object.getPrototypeOf(function* generator() {}).constructor,
  Object.getPrototypeOf(async function asynchronous() {}).constructor,
  Object.getPrototypeOf(async function* asynchronousGenerator() {}).constructor,
];

/** Prototypes that no global leads to. */
const hiddenIntrinsics = [
  Object.getPrototypeOf([][Symbol.iterator]()),
  Object.getPrototypeOf(''[Symbol.iterator]()),
  Object.getPrototypeOf(new Map()[Symbol.iterator]()),
  Object.getPrototypeOf(new Set()[Symbol.iterator]()),
  Object.getPrototypeOf(''.matchAll(/x/g)),
  Object.getPrototypeOf(Iterator.from({ next() {} })),
  Object.getPrototypeOf([].values().map((x) => x)),
  Object.getPrototypeOf((function* generator() {})()),
  Object.getPrototypeOf((async function* generator() {})()),
  getOwnPropertyDescriptor(
    (function strict() {
      return arguments;
    })(),
    'callee',
  ).get,
];

/** Methods of `Promise` objects, should one come into being without the global (an async function). */
const promisePrototype = Promise.prototype;

/**
 * Remove what is not deterministic or not safe.
 *
 * @param {object} options
 * @param {boolean} options.keepEval leave `eval` in place: stepping variants look into scopes with it.
 * @param {string} [options.whyNoCompiling] added to the error of constructors that compile text.
 */
export function removeUnsafe({ keepEval, whyNoCompiling }) {
  removeGlobals(REMOVED_GLOBALS);
  if (!keepEval) deleteProperty(globalObject, 'eval');
  for (let i = 0; i < REMOVED_MEMBERS.length; i += 1) {
    const { owner, names } = REMOVED_MEMBERS[i];
    for (let j = 0; j < names.length; j += 1) deleteProperty(owner, names[j]);
  }
  const keys = ownKeys(promisePrototype);
  for (let i = 0; i < keys.length; i += 1) deleteProperty(promisePrototype, keys[i]);
  for (let i = 0; i < functionKinds.length; i += 1) tameFunctionConstructor(functionKinds[i], whyNoCompiling);
}

/** Remove global names. */
export function removeGlobals(names) {
  for (let i = 0; i < names.length; i += 1) deleteProperty(globalObject, names[i]);
}

/** Replace a constructor that compiles text by one that refuses, wherever a function leads to it. */
function tameFunctionConstructor(kind, why) {
  const message = 'Code generation from strings disallowed for this context';
  const refuse = function () {
    throw new PlainEvalError(why ? `${message}: ${why}` : message);
  };
  const { name, prototype } = kind;
  defineProperty(refuse, 'name', { value: name, configurable: true });
  defineProperty(refuse, 'length', { value: 1, configurable: true });
  defineProperty(refuse, 'prototype', { value: prototype, writable: false });
  const descriptor = getOwnPropertyDescriptor(prototype, 'constructor');
  descriptor.value = refuse;
  defineProperty(prototype, 'constructor', descriptor);
  const global = getOwnPropertyDescriptor(globalObject, name);
  if (global && global.value === kind) defineProperty(globalObject, name, { ...global, value: refuse });
}

/**
 * Freeze everything that can be reached from the global object, and `roots`; the global object itself stays open for
 * `freezeGlobal`, and so do the objects in `waiting`.
 */
export function freezeIntrinsics(roots, waiting) {
  const found = createDistinctList();
  const visit = (value) => {
    if ((typeof value === 'object' && value !== null) || typeof value === 'function') found.add(value);
  };
  visit(globalObject);
  for (let i = 0; i < hiddenIntrinsics.length; i += 1) visit(hiddenIntrinsics[i]);
  for (let i = 0; i < roots.length; i += 1) visit(roots[i]);
  for (let i = 0; i < found.list.length; i += 1) {
    const owner = found.list[i];
    visit(getPrototypeOf(owner));
    const keys = ownKeys(owner);
    for (let j = 0; j < keys.length; j += 1) {
      const property = getOwnPropertyDescriptor(owner, keys[j]);
      visit(property.value);
      visit(property.get);
      visit(property.set);
    }
  }
  const prototypes = createDistinctList();
  for (let i = 0; i < found.list.length; i += 1) {
    const property = typeof found.list[i] === 'function' && getOwnPropertyDescriptor(found.list[i], 'prototype');
    if (property && found.has(property.value)) prototypes.add(property.value);
  }
  for (let i = 0; i < prototypes.list.length; i += 1) repairOverrides(prototypes.list[i]);
  const later = createDistinctList();
  later.add(globalObject);
  for (let i = 0; i < waiting.length; i += 1) later.add(waiting[i]);
  for (let i = 0; i < found.list.length; i += 1) if (!later.has(found.list[i])) freeze(found.list[i]);
}

/** Freeze the global object: its names stay what they are. */
export function freezeGlobal() {
  freeze(globalObject);
}

/**
 * Repair the override mistake: once a prototype is frozen, `object.toString = f` would fail on objects that
 * inherit from it. An accessor that defines the property on the receiver behaves like a plain property.
 *
 * Symbol keys stay plain: nobody assigns to them, and V8 watches some of them to keep iteration fast.
 */
function repairOverrides(prototype) {
  const keys = ownKeys(prototype);
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i];
    const property = getOwnPropertyDescriptor(prototype, key);
    if (typeof key === 'symbol' || !('value' in property) || !property.writable || !property.configurable) continue;
    const { value } = property;
    const accessors = {
      get() {
        return value;
      },
      set(replacement) {
        if (this === prototype || (typeof this !== 'object' && typeof this !== 'function') || this === null) {
          throw new PlainTypeError(`Cannot assign to read only property '${key}' of object`);
        }
        const own = getOwnPropertyDescriptor(this, key);
        if (own) defineOrThrow(this, key, { value: replacement });
        else defineOrThrow(this, key, { value: replacement, writable: true, enumerable: true, configurable: true });
      },
    };
    // Libraries that read descriptors know such repairs by this name (SES, `get-intrinsic`).
    defineProperty(accessors.get, 'originalValue', { value });
    freeze(accessors.get);
    freeze(accessors.set);
    defineProperty(prototype, key, { get: accessors.get, set: accessors.set, enumerable: property.enumerable, configurable: false });
  }
}

