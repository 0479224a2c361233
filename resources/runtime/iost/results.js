/** Results and errors as texts (spec/gas.md §8.4–8.5). */

import { NativeString, stringifyJSON } from './primordials.js';

const OBJECT_RESULT = 12;

/** Create the function that turns what a method returned into the call's result text. */
export function createResultText(charge) {
  return function resultText(value) {
    let result = value;
    if (typeof result === 'function' || typeof result === 'object') {
      charge(OBJECT_RESULT);
      result = JSON.stringify(result);
    }
    switch (typeof result) {
      case 'string':
        return result;
      case 'number':
      case 'boolean':
        return `${result}`;
      case 'undefined':
        return '';
      default:
        return `${stringifyJSON(result)}`; // symbols; big integers throw
    }
  };
}

/** Return the error text of a thrown value; text that cannot be made is left out, as by the reference. */
export function errorText(exception) {
  if (exception === null) return 'Uncaught exception: ';
  try {
    return `Uncaught exception: ${typeof exception === 'symbol' ? '' : NativeString(exception)}`;
  } catch {
    return 'Uncaught exception: ';
  }
}
