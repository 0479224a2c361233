/** Results as texts in profile modern; values that cannot be a result are told apart from other failures. */

import { NativeTypeError } from '../iost/primordials.js';

const OBJECT_RESULT = 12;
const { add, has } = WeakSet.prototype;
const { apply } = Reflect;

/**
 * Create the function that turns a method's result into text, and the test for values that cannot be one.
 *
 * @param {(units: number) => void} charge
 * @param {Function} stringify `JSON.stringify` that throws what a callback makes of impossible values.
 */
export function createResults(charge, stringify) {
  const refusals = new WeakSet();

  function refusal(message) {
    const error = new NativeTypeError(message);
    apply(add, refusals, [error]);
    return error;
  }

  function resultText(value) {
    switch (typeof value) {
      case 'string':
        return value;
      case 'undefined':
        return '';
      case 'function':
      case 'symbol':
        throw refusal(`a ${typeof value} cannot be the result of a call`);
      case 'object':
        charge(OBJECT_RESULT);
        if (isPromise(value)) throw refusal('a promise cannot be the result of a call');
        return stringify(value, refusal) ?? '';
      default:
        return `${value}`;
    }
  }

  return { resultText, isAbnormal: (error) => isObject(error) && apply(has, refusals, [error]) };
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function isPromise(value) {
  return isObject(value) && typeof value.then === 'function';
}
