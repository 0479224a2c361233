/**
 * Built-in functions as the engine supplies them, captured before any profile changes them.
 *
 * Library code uses these wherever the reference's own code does not go through an object that contracts can
 * change, or pay for.
 */

export const { apply, construct } = Reflect;
export const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf } = Object;
export const { isArray } = Array;
export const { parse: parseJSON, stringify: stringifyJSON } = JSON;

export const NativeArray = Array;
export const NativeError = Error;
export const NativeFunction = Function;
export const NativeString = String;
export const NativeTypeError = TypeError;

const { hasOwnProperty } = Object.prototype;

/** Whether `object` has an own property called `key`. */
export function hasOwn(object, key) {
  return apply(hasOwnProperty, object, [key]);
}
