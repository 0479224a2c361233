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
 * Keep some string-keyed members; `removed` ones become `null`, as the reference leaves them, and all others, which its
 * engine does not have, are deleted.
 *
 * @param {object} owner
 * @param {string[]} kept
 * @param {string[]} removed
 */
export function restrictMembers(owner, kept, removed) {
  const known = new Set([...kept, ...removed]);
  for (const name of getOwnPropertyNames(owner)) if (!known.has(name)) delete owner[name];
  for (const name of removed) {
    const { enumerable = false } = getOwnPropertyDescriptor(owner, name) || {};
    defineProperty(owner, name, { value: null, writable: true, enumerable, configurable: true });
  }
}

/** Return a function that charges `price` and then calls `original`. */
export function withFixedPrice(charge, original, price) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    charge(price);
    return apply(original, this, arguments);
  };
}
