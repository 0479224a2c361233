/** Tells the objects that all frames of an isolate share from those that a contract made. */

import { apply, getOwnPropertyDescriptor, getPrototypeOf } from './primordials.js';

const { add, has } = WeakSet.prototype;
const { ownKeys } = Reflect;

/**
 * Collect everything that can be reached from the global object.
 *
 * @returns {(value: object) => boolean} whether an object was among them.
 */
export function collectShared() {
  const known = new WeakSet();
  const pending = [];
  const visit = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (apply(has, known, [value])) return;
    apply(add, known, [value]);
    pending[pending.length] = value;
  };
  visit(globalThis);
  for (let i = 0; i < pending.length; i += 1) {
    visit(getPrototypeOf(pending[i]));
    for (const key of ownKeys(pending[i])) visit(getOwnPropertyDescriptor(pending[i], key).value);
  }
  return (value) => apply(has, known, [value]);
}
