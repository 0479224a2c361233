/** Argument checks of host functions, with the reference's error texts (spec/contract-api.md §3–5). */

import { NativeError } from './primordials.js';

const MAX_LENGTH = 65536;

/** Throw unless `value` is a primitive string; `what` begins the message, e.g. `IOSTCrypto_sha3 msg`. */
export function checkString(value, what, end = '') {
  if (typeof value !== 'string') throw new NativeError(`${what} must be string${end}`);
}

/** Throw if a text is too long to be handed to the host (UTF-16 units). */
export function checkLength(text) {
  if (text.length > MAX_LENGTH) throw new NativeError('input string too long');
}
