/** `Array` and the members of its prototype with their prices (spec/gas.md §6.2). */

import { replaceMembers, restrictMembers, withFixedPrice } from './priced.js';
import { apply, construct, isArray, NativeArray } from './primordials.js';
import { sort } from './sort.js';

const FIXED = ['pop', 'shift', 'unshift'];
const PER_ELEMENT = [
  ['toString', 1],
  ['every', 1],
  ['find', 1],
  ['findIndex', 1],
  ['forEach', 1],
  ['includes', 1],
  ['join', 1],
  ['indexOf', 0.2],
  ['keys', 0.2],
  ['lastIndexOf', 0.2],
  ['reverse', 0.2],
  ['filter', 10],
  ['map', 10],
  ['slice', 10],
];
const REMOVED = (
  'copyWithin entries fill flat flatMap reduce reduceRight some toLocaleString values'
).split(' ');
const OWN_RULES = ['concat', 'constructor', 'push', 'sort', 'splice'];

/**
 * Install the priced members and the wrapper constructor, and remove everything else.
 *
 * @param {(units: number) => void} charge
 * @param {() => number} gasUsed
 */
export function installArrays(charge, gasUsed) {
  const { prototype } = NativeArray;
  const byLength = PER_ELEMENT.map(([name]) => name);
  restrictMembers(prototype, ['length', ...FIXED, ...byLength, ...OWN_RULES], REMOVED);
  replaceMembers(prototype, FIXED, (original) => withFixedPrice(charge, original, 1));
  replaceMembers(prototype, ['push'], (original) => pricedPush(charge, gasUsed, original));
  for (const [name, price] of PER_ELEMENT) {
    replaceMembers(prototype, [name], (original) => pricedByLength(charge, original, price));
  }
  replaceMembers(prototype, ['sort'], () => pricedByLength(charge, sort, 1));
  replaceMembers(prototype, ['concat'], (original) => pricedConcatenation(charge, original));
  replaceMembers(prototype, ['splice'], (original) => pricedSplice(charge, original));
  replaceMembers(prototype, ['constructor'], () => wrapperConstructor(charge));
  globalThis.Array = prototype.constructor;
}

function pricedPush(charge, gasUsed, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    // The engine's embedder pushes, too, between frames. In a frame a call never comes before the first charge.
    if (gasUsed() > 0) charge(1);
    return apply(original, this, arguments);
  };
}

function pricedByLength(charge, original, price) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    charge(1 + this.length * price);
    return apply(original, this, arguments);
  };
}

function pricedConcatenation(charge, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    const result = apply(original, this, arguments);
    charge(1 + result.length);
    return result;
  };
}

function pricedSplice(charge, original) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  return function () {
    charge(1 + this.length * 10);
    if (arguments.length >= 3) charge(arguments.length - 2);
    return apply(original, this, arguments);
  };
}

// The reference's `Array` is an ordinary function around the real one: subclasses get plain arrays.
function wrapperConstructor(charge) {
  const wrapper = function () {
    const result = construct(NativeArray, arguments);
    charge(1 + result.length * 0.2);
    return result;
  };
  Object.defineProperty(wrapper, 'name', { value: '' });
  wrapper.prototype = NativeArray.prototype;
  wrapper.isArray = isArray;
  return wrapper;
}
