/** Members of `String.prototype` with their prices (spec/gas.md §6.1). */

import { replaceMembers, restrictMembers, withFixedPrice } from './priced.js';
import { apply, NativeString } from './primordials.js';

const FREE = ['length', 'toString'];
const FIXED = ['charAt', 'charCodeAt', 'valueOf'];
const BY_RECEIVER = [
  'includes',
  'endsWith',
  'indexOf',
  'lastIndexOf',
  'replace',
  'search',
  'split',
  'startsWith',
  'slice',
  'substring',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimLeft',
  'trimRight',
];
const BY_RESULT = ['concat', 'repeat'];
const REMOVED = (
  'anchor big blink bold codePointAt fixed fontcolor fontsize italics link localeCompare match normalize padEnd ' +
  'padStart small strike sub substr sup toJSON toLocaleLowerCase toLocaleUpperCase trimEnd trimStart'
).split(' ');

/** Install the priced members and remove all others. */
export function installStrings(charge) {
  const { prototype } = NativeString;
  restrictMembers(prototype, [...FREE, ...FIXED, ...BY_RECEIVER, ...BY_RESULT, 'constructor'], REMOVED);
  replaceMembers(prototype, FIXED, (original) => withFixedPrice(charge, original, 1));
  replaceMembers(prototype, BY_RECEIVER, (original) => pricedByReceiver(charge, original));
  replaceMembers(prototype, BY_RESULT, (original) => pricedByResult(charge, original));
  replaceMembers(prototype, ['constructor'], (original) => pricedConstructor(charge, original));
}

function pricedByReceiver(charge, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    const text = NativeString(this);
    charge(1 + text.length * 0.1);
    return apply(original, text, arguments);
  };
}

function pricedByResult(charge, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    const text = apply(original, this, arguments);
    charge(1 + text.length * 0.1);
    return text;
  };
}

function pricedConstructor(charge, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    charge(1 + this.length * 0.1);
    return apply(original, this, arguments);
  };
}
