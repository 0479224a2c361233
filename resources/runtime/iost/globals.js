/** Globals and members that profile iost takes away, and how functions show themselves (spec/gas.md §6.3). */

import { removeMembers, removeMembersExcept } from './priced.js';
import { defineProperty, getPrototypeOf, NativeError, NativeFunction } from './primordials.js';

const PlainEvalError = EvalError;

/** What stays: everything else that the global object has is `null`. */
const KEPT = [
  'Object',
  'Array',
  'String',
  'Number',
  'Symbol',
  'Error',
  'JSON',
  'Math',
  'BigInt',
  'isNaN',
  'isFinite',
  'NaN',
  'Infinity',
  'undefined',
  'eval',
  'globalThis', // a parameter of contract text hides it: the sandbox itself needs it
];

/** Names that are `null` for contracts even where hardening has deleted them or the engine never had them. */
const ALWAYS_NULL = [
  'Atomics',
  'Date',
  'Intl',
  'Promise',
  'SharedArrayBuffer',
  'WebAssembly',
  'IOSTBlockchain',
  'IOSTInstruction',
  'IOSTStorage',
  '_IOSTCrypto',
  '_native_log',
  '_native_run',
  '_native_require',
  '_cLog',
];

/** Members that the reference's engine has; newer ones are taken away. */
const KEPT_MEMBERS = [
  [
    Object,
    'length name prototype assign create defineProperties defineProperty entries freeze getOwnPropertyDescriptor ' +
      'getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf is isExtensible isFrozen ' +
      'isSealed keys preventExtensions seal setPrototypeOf values',
  ],
  [Error, 'length name prototype captureStackTrace prepareStackTrace stackTraceLimit'],
  [JSON, 'parse stringify'],
];

/** Take away what profile iost does not have. */
export function installGlobals() {
  for (const [owner, names] of KEPT_MEMBERS) removeMembersExcept(owner, new Set(names.split(' ')));
  removeMembersExcept(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), new Set(['constructor']));
  hideFunctionText();
  refuseEval();
  removeMembersExcept(globalThis, new Set(KEPT));
  removeMembers(globalThis, ALWAYS_NULL);
}

/** The text of every function, and of every class, shows its name only. */
function hideFunctionText() {
  NativeFunction.prototype.toString = function () {
    if (!(this instanceof NativeFunction)) throw new NativeError();
    return `function ${this.name}() { [native code] }`;
  };
}

/** Where hardening has deleted `eval`, calling it fails as on the reference chain. */
function refuseEval() {
  if ('eval' in globalThis) return;
  const value = function () {
    throw new PlainEvalError('Code generation from strings disallowed for this context');
  };
  defineProperty(value, 'name', { value: 'eval' });
  defineProperty(globalThis, 'eval', { value, writable: true, configurable: true });
}
