/** Globals and members that profile iost takes away, and how functions show themselves (spec/gas.md §6.3). */

import { restrictMembers } from './priced.js';
import { defineProperty, getOwnPropertyNames, getPrototypeOf, NativeError, NativeFunction } from './primordials.js';

const globalObject = globalThis;
const PlainEvalError = EvalError;

const KEPT =
  'Object Array String Number Symbol Error JSON Math BigInt isNaN isFinite NaN Infinity undefined eval'.split(' ');

/** Globals of the reference's engine, and its host classes, that are `null` for contracts. */
const REMOVED = (
  'parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape Function Boolean ' +
  'EvalError RangeError ReferenceError SyntaxError TypeError URIError Date Intl RegExp Int8Array Uint8Array ' +
  'Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array ' +
  'BigUint64Array Map Set WeakMap WeakSet ArrayBuffer SharedArrayBuffer Atomics DataView Promise Reflect Proxy ' +
  'WebAssembly IOSTBlockchain IOSTInstruction IOSTStorage _IOSTCrypto _native_log _native_run _native_require _cLog'
).split(' ');

const OBJECT_MEMBERS = (
  'length name prototype assign create defineProperties defineProperty entries freeze getOwnPropertyDescriptor ' +
  'getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen ' +
  'isSealed keys preventExtensions seal setPrototypeOf values'
).split(' ');

/**
 * Take away what profile iost does not have.
 *
 * @returns {{hide: () => void, newer: string[]}} `hide` is to be called before contract code runs; `newer` are globals that
 *     the reference's engine does not have, to be removed when nothing needs them any more.
 */
export function installGlobals() {
  restrictMembers(Object, OBJECT_MEMBERS, []);
  restrictMembers(Error, ['length', 'name', 'prototype', 'prepareStackTrace', 'stackTraceLimit'], []);
  restrictMembers(JSON, ['parse', 'stringify'], []);
  restrictMembers(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), [], []);
  hideFunctionText();
  refuseEval();
  const newer = getOwnPropertyNames(globalObject).filter((name) => !KEPT.includes(name) && !REMOVED.includes(name));
  return { hide: hideOnDemand(REMOVED), newer };
}

/** Until it has booted, the sandbox itself needs what contracts see as `null`. */
function hideOnDemand(removed) {
  let hidden = false;
  for (const name of removed) {
    const original = globalObject[name];
    defineProperty(globalObject, name, {
      get: () => (hidden ? null : original),
      set(value) {
        defineProperty(globalObject, name, { value, writable: true, enumerable: false, configurable: true });
      },
      configurable: true,
      enumerable: false,
    });
  }
  return () => {
    hidden = true;
  };
}

/** The text of every function, and of every class, shows its name only: the rest is metering. */
export function hideFunctionText() {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  NativeFunction.prototype.toString = function () {
    if (!(this instanceof NativeFunction)) throw new NativeError();
    return `function ${this.name}() { [native code] }`;
  };
}

/** Where hardening has deleted `eval`, calling it fails as on the reference chain. */
function refuseEval() {
  if ('eval' in globalObject) return;
  const value = function () {
    throw new PlainEvalError('Code generation from strings disallowed for this context');
  };
  defineProperty(value, 'name', { value: 'eval' });
  defineProperty(globalObject, 'eval', { value, writable: true, configurable: true });
}
