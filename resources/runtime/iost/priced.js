import { apply, defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } from './primordials.js';

/**
 * Replace members of a built-in object by priced ones.
 *
 * The replacements are what the reference installs: nameless functions without parameters, assigned to the existing
 * property. `wrap` receives the original and returns the replacement.
 *
 * @param {object} owner
 * @param {string[]} names
 * @param {(original: Function, name: string) => Function} wrap
 */
export function replaceMembers(owner, names, wrap) {
  for (const name of names) owner[name] = wrap(owner[name], name);
}

/**
 * Set every own string-keyed member to `null` that is not in `kept`.
 *
 * @param {object} owner
 * @param {Set<string>} kept
 */
export function removeMembersExcept(owner, kept) {
  removeMembers(
    owner,
    getOwnPropertyNames(owner).filter((name) => !kept.has(name)),
  );
}

/** Set members to `null`, also those that hardening has already deleted. */
export function removeMembers(owner, names) {
  for (const name of names) {
    const { enumerable = false } = getOwnPropertyDescriptor(owner, name) || {};
    defineProperty(owner, name, { value: null, writable: true, enumerable, configurable: true });
  }
}

/** Return a function that charges `price` and then calls `original`. */
export function withFixedPrice(charge, original, price) {
  return function () {
    charge(price);
    return apply(original, this, arguments);
  };
}
