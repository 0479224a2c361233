/**
 * Prices of built-in members in profile modern.
 *
 * What profile iost has too costs the same (spec/gas.md §6); everything else whose work depends on its operands is
 * priced in proportion to it, so that gas bounds the work. Members that are not named here are constant and free.
 */

import { getPrototypeOf, NativeArray, NativeString } from '../iost/primordials.js';
import { priceMember, priceMembers } from './wrapping.js';

const UNIT = 0.1;
const MAX_TEXT = 2 ** 30;

const STRING_CONSTANT = ['charAt', 'charCodeAt', 'codePointAt', 'at', 'valueOf'];
const STRING_BY_RECEIVER =
  'includes endsWith indexOf lastIndexOf match matchAll search split startsWith slice substring substr toLowerCase ' +
  'toUpperCase trim trimStart trimEnd trimLeft trimRight isWellFormed toWellFormed';
const STRING_BY_RESULT = ['concat', 'replace', 'replaceAll', 'anchor', 'fontcolor', 'fontsize', 'link'];

const ARRAY_PER_ELEMENT = {
  1:
    'toString every find findIndex findLast findLastIndex forEach includes join some reduce reduceRight fill ' +
    'copyWithin',
  0.2: 'indexOf keys values entries lastIndexOf reverse',
  10: 'filter map slice splice flat flatMap toReversed toSpliced with',
};
const TYPED_ARRAY_PER_ELEMENT = {
  1: 'toString every find findIndex findLast findLastIndex forEach join some reduce reduceRight filter map slice',
  0.2: 'fill copyWithin includes indexOf lastIndexOf reverse toReversed with',
};

/** Price the members of all built-in objects that a contract of profile modern can reach. */
export function priceMembersOfBuiltIns(charge, gasUsed) {
  priceStrings(charge);
  priceArrays(charge, gasUsed);
  priceTypedArrays(charge);
  priceCollections(charge);
  priceObjects(charge);
  priceNumbers(charge);
  priceRegularExpressions(charge);
  priceTextFunctions(charge);
}

function words(text) {
  return text.split(' ');
}

/** The length that array methods would work with; 0 where they will throw. */
export function lengthOf(value) {
  if (value === null || value === undefined) return 0;
  const length = +value.length;
  return length > 0 ? length : 0;
}

function textLength(value) {
  if (typeof value === 'string') return value.length;
  return value === null || value === undefined || typeof value === 'symbol' ? 0 : NativeString(value).length;
}

function count(value) {
  const number = typeof value === 'bigint' ? Number(value) : +value;
  return number > 0 ? number : 0;
}

/** Units of a text that is going to be built; the engine refuses longer ones at once. */
function built(length) {
  return length < MAX_TEXT ? length : 0;
}

function priceStrings(charge) {
  const { prototype } = String;
  const byReceiver = { before: (text) => charge(1 + textLength(text) * UNIT) };
  priceMembers(prototype, STRING_CONSTANT, { before: () => charge(1) });
  priceMembers(prototype, words(STRING_BY_RECEIVER), byReceiver);
  priceMembers(prototype, STRING_BY_RESULT, { ...byReceiver, after: (text) => charge(1 + text.length * UNIT) });
  priceMember(prototype, 'concat', { after: (text) => charge(1 + text.length * UNIT) });
  priceMember(prototype, 'normalize', { before: (text) => charge(1 + textLength(text)) });
  priceMember(prototype, 'repeat', {
    before: (text, args) => charge(1 + built(textLength(text) * count(args[0])) * UNIT),
  });
  priceMembers(prototype, ['padStart', 'padEnd'], { before: (text, args) => charge(1 + built(count(args[0])) * UNIT) });
  priceMember(String, 'raw', { after: (text) => charge(1 + text.length * UNIT) });
}

function sortingPrice(length) {
  return 1 + length * (length > 1 ? Math.ceil(Math.log2(length)) : 1);
}

function priceArrays(charge, gasUsed) {
  const { prototype } = NativeArray;
  priceMembers(prototype, ['pop', 'shift', 'unshift'], { before: () => charge(1) });
  // The engine's embedder pushes, too, between frames. In a frame a call never comes before the first charge.
  priceMember(prototype, 'push', { before: () => gasUsed() > 0 && charge(1) });
  pricePerElement(charge, prototype, ARRAY_PER_ELEMENT);
  priceMembers(prototype, ['sort', 'toSorted'], { before: (array) => charge(sortingPrice(lengthOf(array))) });
  priceMember(prototype, 'concat', { after: (array) => charge(1 + lengthOf(array)) });
  priceMember(NativeArray, 'from', { before: (_, [source]) => charge(1 + sizeOf(source)) });
}

/** The length of an array-like, the size of a collection; iterators of contract code pay for themselves. */
export function sizeOf(source) {
  if (source instanceof Map || source instanceof Set) return source.size;
  return typeof source === 'number' ? 0 : lengthOf(source);
}

function pricePerElement(charge, owner, table) {
  for (const factor of Object.keys(table)) {
    priceMembers(owner, words(table[factor]), { before: (array) => charge(1 + lengthOf(array) * factor) });
  }
}

function priceTypedArrays(charge) {
  const { prototype } = getPrototypeOf(Uint8Array);
  pricePerElement(charge, prototype, TYPED_ARRAY_PER_ELEMENT);
  priceMembers(prototype, ['sort', 'toSorted'], { before: (array) => charge(sortingPrice(lengthOf(array))) });
  priceMember(prototype, 'set', { before: (_, [source]) => charge(1 + lengthOf(source) * 0.2) });
  priceMember(getPrototypeOf(Uint8Array), 'from', { before: (_, [source]) => charge(1 + sizeOf(source)) });
  priceMembers(Uint8Array.prototype, ['toBase64', 'toHex'], { before: (array) => charge(1 + lengthOf(array) * 0.2) });
  priceMembers(Uint8Array.prototype, ['setFromBase64', 'setFromHex'], {
    before: (_, [text]) => charge(1 + textLength(text) * UNIT),
  });
  priceMembers(Uint8Array, ['fromBase64', 'fromHex'], { before: (_, [text]) => charge(1 + textLength(text) * UNIT) });
  const bytes = { before: (buffer) => charge(1 + count(buffer.byteLength) * 0.2) };
  priceMember(ArrayBuffer.prototype, 'slice', bytes);
  priceMembers(ArrayBuffer.prototype, ['resize', 'transfer', 'transferToFixedLength'], {
    before: (buffer, args) => charge(1 + (args.length ? count(args[0]) : count(buffer.byteLength)) * 0.2),
  });
}

function priceCollections(charge) {
  const bySize = { before: (collection) => charge(1 + count(collection?.size)) };
  for (const { prototype } of [Map, Set]) {
    priceMembers(prototype, ['get', 'has', 'delete'], { before: () => charge(1) });
    priceMembers(prototype, ['set', 'add'], { before: () => charge(4) });
    priceMembers(prototype, ['forEach', 'clear'], bySize);
  }
  for (const { prototype } of [WeakMap, WeakSet]) {
    priceMembers(prototype, ['get', 'has', 'delete', 'set', 'add'], { before: () => charge(4) });
  }
  const combining = 'union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom';
  priceMembers(Set.prototype, words(combining), {
    before: (collection, [other]) => charge(1 + count(collection?.size) + count(other?.size)),
  });
  priceMember(Map, 'groupBy', { before: (_, [source]) => charge(1 + sizeOf(source)) });
}

function priceObjects(charge) {
  const byResult = { after: (keys) => charge(1 + keys.length) };
  const keysOf = (value) =>
    (typeof value === 'object' && value !== null) || typeof value === 'function' ? Reflect.ownKeys(value).length : 0;
  const byKeys = { before: (_, [value]) => charge(1 + keysOf(value)) };
  priceMembers(Object, ['keys', 'values', 'entries', 'getOwnPropertyNames', 'getOwnPropertySymbols'], byResult);
  priceMembers(Object, ['freeze', 'seal', 'isFrozen', 'isSealed', 'getOwnPropertyDescriptors'], byKeys);
  priceMembers(Object, ['defineProperties', 'create'], { before: (_, args) => charge(1 + keysOf(args[1])) });
  priceMember(Object, 'assign', {
    before(_, sources) {
      for (let i = 1; i < sources.length; i += 1) charge(1 + keysOf(sources[i]));
    },
  });
  priceMembers(Object, ['fromEntries', 'groupBy'], { before: (_, [source]) => charge(1 + sizeOf(source)) });
  priceMember(Reflect, 'ownKeys', byResult);
}

function priceNumbers(charge) {
  const constants = { before: () => charge(2) };
  for (const name of Object.getOwnPropertyNames(Math)) {
    if (name !== 'sumPrecise') priceMember(Math, name, constants);
  }
  priceMember(Math, 'sumPrecise', { before: (_, [source]) => charge(2 + sizeOf(source)) });
  priceMembers(BigInt, ['asIntN', 'asUintN'], { before: (_, [bits]) => charge(1 + count(bits) / 64) });
  priceMember(BigInt.prototype, 'toString', { after: (text) => charge(1 + text.length) });
}

const LEGACY_STATICS = [
  ...['$1', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9', 'input', '$_', 'lastMatch', '$&', 'lastParen', '$+'],
  ...['leftContext', '$`', 'rightContext', "$'"],
];

function priceRegularExpressions(charge) {
  // They would show the last match of another run.
  for (const name of LEGACY_STATICS) delete RegExp[name];
  delete RegExp.prototype.compile;
  const { exec } = RegExp.prototype;
  const source = Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get;
  const { priced } = {
    priced(input) {
      'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
      charge(1);
      Reflect.apply(source, this, []); // throws for what is no regular expression, before anything else happens
      const text = NativeString(input);
      const start = count(this.lastIndex);
      const match = Reflect.apply(exec, this, [text]);
      const end = match === null ? text.length : match.index + match[0].length;
      charge(count(end - (start < end ? start : 0)) * UNIT);
      return match;
    },
  };
  Object.defineProperty(priced, 'name', { value: 'exec' });
  Object.defineProperty(RegExp.prototype, 'exec', { value: priced, writable: true, configurable: true });
  priceMember(RegExp, 'escape', { before: (_, [text]) => charge(1 + textLength(text) * UNIT) });
}

function priceTextFunctions(charge) {
  const names =
    'parseInt parseFloat decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape isNaN isFinite';
  const byText = { before: (_, [text]) => charge(1 + textLength(text) * UNIT) };
  for (const name of words(names)) priceMember(globalThis, name, byText);
  Number.parseInt = globalThis.parseInt;
  Number.parseFloat = globalThis.parseFloat;
}
