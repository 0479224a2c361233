/**
 * What V8 itself adds to the language's objects each time a context boots from a startup snapshot.
 *
 * V8 installs some features not when a snapshot is made but when it is booted. It finds the objects it adds to through
 * the global object, it fails if they are frozen, and what it adds would be neither priced nor hidden. So the snapshot
 * has the original globals in place, those objects are frozen after the boot only, and additions are removed. This is
 * for profile iost, which has none of these features anyway.
 */
import {
  createDistinctList,
  defineProperty,
  deleteProperty,
  freeze,
  getOwnPropertyDescriptor,
  globalObject,
  ownKeys,
} from './primordials.js';

const originalNames = ownKeys(globalObject);
const originals = [];
for (let i = 0; i < originalNames.length; i += 1) originals[i] = getOwnPropertyDescriptor(globalObject, originalNames[i]);

const holders = [
  Error,
  Math,
  Promise,
  RegExp,
  Atomics,
  Date.prototype,
  Uint8Array,
  Uint8Array.prototype,
  DataView.prototype,
  Iterator.prototype,
  Object.getPrototypeOf(Object.getPrototypeOf(Object.getPrototypeOf((async function* generator() {})()))),
];

/** Create the record of late members; call it before the profile is installed. */
export function createLateMembers() {
  const known = [];
  const globalNames = [];
  const globals = [];

  return {
    /** Objects that must not be frozen yet. */
    holders,

    /** Take note of how the profile left things, and put V8's own globals back. */
    record() {
      for (let i = 0; i < holders.length; i += 1) known[i] = keysOf(holders[i]);
      const names = ownKeys(globalObject);
      for (let i = 0; i < names.length; i += 1) {
        globalNames[i] = names[i];
        globals[i] = getOwnPropertyDescriptor(globalObject, names[i]);
        if (globals[i].configurable) deleteProperty(globalObject, names[i]);
      }
      for (let i = 0; i < originalNames.length; i += 1) defineProperty(globalObject, originalNames[i], originals[i]);
    },

    /** After the boot: put everything as the profile left it. */
    settle() {
      for (let i = 0; i < holders.length; i += 1) removeUnknown(holders[i], known[i]);
      const names = ownKeys(globalObject);
      for (let i = 0; i < names.length; i += 1) deleteProperty(globalObject, names[i]);
      for (let i = 0; i < globalNames.length; i += 1) defineProperty(globalObject, globalNames[i], globals[i]);
    },

    /** Freeze the objects that had to wait. */
    freeze() {
      for (let i = 0; i < holders.length; i += 1) freeze(holders[i]);
    },
  };
}

function keysOf(owner) {
  const keys = createDistinctList();
  const names = ownKeys(owner);
  for (let i = 0; i < names.length; i += 1) keys.add(names[i]);
  return keys;
}

function removeUnknown(owner, known) {
  const names = ownKeys(owner);
  for (let i = 0; i < names.length; i += 1) if (!known.has(names[i])) deleteProperty(owner, names[i]);
}
