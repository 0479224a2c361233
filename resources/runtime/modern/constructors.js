/** Prices of constructors whose work depends on their arguments, in profile modern. */

import { lengthOf, sizeOf } from './members.js';
import { freeSpecies, priceConstructor } from './wrapping.js';

const MAX_ARRAY = 2 ** 32;
const ELEMENT_BYTES = {
  Int8Array: 1,
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  Int16Array: 2,
  Uint16Array: 2,
  Float16Array: 2,
  Int32Array: 4,
  Uint32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
};

/** Price the constructors of arrays, buffers, collections, regular expressions and big integers. */
export function priceConstructors(charge) {
  const { Array: NativeArray, Int8Array: SomeTypedArray } = globalThis;
  priceConstructor('Array', (args) => {
    const length = args.length === 1 && typeof args[0] === 'number' ? positive(args[0]) : args.length;
    charge(1 + (length < MAX_ARRAY ? length : 0) * 0.2); // the engine refuses longer ones at once
  });
  freeSpecies(NativeArray);
  for (const name of Object.keys(ELEMENT_BYTES)) {
    const price = 0.2 * ELEMENT_BYTES[name];
    if (globalThis[name]) priceConstructor(name, ([source]) => charge(1 + elementsOf(source) * price));
  }
  freeSpecies(SomeTypedArray);
  priceConstructor('ArrayBuffer', ([bytes, options]) => {
    charge(1 + Math.max(positive(bytes), positive(options?.maxByteLength)) * 0.2);
  });
  for (const name of ['Map', 'Set', 'WeakMap', 'WeakSet']) {
    priceConstructor(name, ([source]) => charge(1 + sizeOf(source) * 4));
  }
  priceConstructor('RegExp', ([pattern]) => charge(1 + lengthOf(pattern?.source ?? pattern)));
  priceConstructor('BigInt', ([text]) => charge(1 + (typeof text === 'string' ? text.length : 0)));
}

function positive(value) {
  const number = typeof value === 'number' ? value : 0;
  return number > 0 ? number : 0;
}

/** How many elements a typed array made from `source` will have; views on buffers copy nothing. */
function elementsOf(source) {
  if (typeof source === 'number') return positive(source);
  return typeof source === 'object' && source !== null ? sizeOf(source) : 0;
}
