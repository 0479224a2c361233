/** Results and errors as texts (spec/gas.md §8.4–8.5). */

import { NativeString, stringifyJSON } from './primordials.js';

/** The text of a call's result; objects have become JSON in the call's script (`index.js`). */
export function resultText(result) {
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
