/**
 * Names that libraries look up while a contract runs, and that it may declare itself at its top level (spec/gas.md §8.2).
 *
 * In the reference, contract and libraries share one global scope. Here a contract's text is a function; the compiler lets
 * it hand over functions that read its own variables (`resources/toolchain/iost/names.js`).
 */

import { apply, defineProperty, hasOwn } from './primordials.js';

const globalObject = globalThis;

/** Create the lookup; contracts that hand over names have an isolate of their own, whose global object is open. */
export function createOwnNames() {
  let readers = {};
  const shared = {};

  /** Global names lead libraries to the variable of the contract that is running. */
  function share(name) {
    if (hasOwn(shared, name)) return;
    shared[name] = globalObject[name];
    defineProperty(globalObject, name, { get: () => find(name, shared[name]), configurable: true });
  }

  /** What libraries find under a name: the running contract's own variable or else `otherwise`. */
  function find(name, otherwise) {
    return hasOwn(readers, name) ? readers[name]() : otherwise;
  }

  return {
    find,

    /** Called by a contract's text: let libraries find its names; `given` has a function for each that reads it. */
    adopt(given) {
      readers = given;
      for (const name of Object.keys(given)) if (name in globalObject) share(name);
    },

    /** Run a contract, which may adopt names, and forget them behind it. */
    during(factory, values) {
      'use strict'; // the bundle is a sloppy script: without this, `caller` of the contract would lead here
      const outer = readers;
      readers = {};
      try {
        return apply(factory, undefined, values);
      } finally {
        readers = outer;
      }
    },
  };
}
