/** A full stack: where it happens depends on how far the engine has optimised, so nobody may go on after it. */
import { getOwnPropertyDescriptor, getPrototypeOf, PlainRangeError } from './primordials.js';

/** V8's message. */
export const STACK_MESSAGE = 'Maximum call stack size exceeded';

const rangeErrors = PlainRangeError.prototype;

/** Whether a thrown value says that the stack was full. */
export function isStackOverflow(error) {
  if (typeof error !== 'object' || error === null) return false;
  try {
    if (getPrototypeOf(error) !== rangeErrors) return false;
    const message = getOwnPropertyDescriptor(error, 'message');
    return message !== undefined && message.value === STACK_MESSAGE;
  } catch {
    return false; // a proxy of the contract's
  }
}
