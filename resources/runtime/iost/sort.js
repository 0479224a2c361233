/**
 * Array sorting as the reference's engine does it (V8 7.0, spec/gas.md §6.2).
 *
 * The order and number of comparison calls decide gas, and the routine is not stable, so that it has to be this one:
 * insertion sort for at most ten elements, else quicksort around a median of three.
 */

import { apply, getPrototypeOf, hasOwn, isArray, NativeString, NativeTypeError } from './primordials.js';

const INSERTION_LIMIT = 10;
const SAMPLING_LIMIT = 1000;
const { MAX_SAFE_INTEGER } = Number;
const { is } = Object;
const ObjectPrototype = Object.prototype;
const toObject = Object;

/** `Array.prototype.sort`. */
export function sort(compare) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  if (compare !== undefined && typeof compare !== 'function') {
    throw new NativeTypeError('The comparison function must be either a function or undefined');
  }
  const object = toObject(this);
  const length = lengthOf(object);
  if (length < 2) return object;
  const order = compare === undefined ? defaultOrder : (a, b) => apply(compare, undefined, [a, b]);
  if (!isArray(object)) adoptInherited(object, length);
  quickSort(object, 0, moveGapsToEnd(object, length), order);
  return object;
}

function lengthOf(object) {
  const length = +object.length;
  if (!(length > 0)) return 0;
  return length > MAX_SAFE_INTEGER ? MAX_SAFE_INTEGER : length - (length % 1);
}

function isSmallInteger(value) {
  return typeof value === 'number' && value === (value | 0) && !is(value, -0);
}

function defaultOrder(a, b) {
  if (a === b) return 0;
  const first = textToCompare(a);
  const second = textToCompare(b);
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

function textToCompare(value) {
  return isSmallInteger(value) ? NativeString(value) : `${value}`;
}

/** Give an array-like object its own copies of elements that it inherits. */
function adoptInherited(object, length) {
  const prototype = getPrototypeOf(object);
  if (prototype === null || prototype === ObjectPrototype) return;
  for (let i = 0; i < length; i += 1) {
    if (!hasOwn(object, i) && i in object) object[i] = object[i];
  }
}

/**
 * Move undefined elements behind all others and holes behind those; gaps are filled with the last elements.
 *
 * @returns {number} how many elements are left to sort.
 */
function moveGapsToEnd(object, length) {
  let first = 0;
  let last = length - 1;
  let holes = 0;
  while (first < last) {
    while (first < last && object[first] !== undefined) first += 1;
    if (!hasOwn(object, first)) holes += 1;
    while (first < last && object[last] === undefined) {
      if (!hasOwn(object, last)) holes += 1;
      last -= 1;
    }
    if (first < last) {
      object[first] = object[last];
      object[last] = undefined;
    }
  }
  if (object[first] !== undefined) first += 1;
  const present = length - holes;
  for (let i = first; i < present; i += 1) object[i] = undefined;
  for (let i = present; i < length; i += 1) delete object[i];
  return first;
}

function insertionSort(object, from, to, order) {
  for (let i = from + 1; i < to; i += 1) {
    const element = object[i];
    let position = i - 1;
    for (; position >= from; position -= 1) {
      const candidate = object[position];
      if (!(order(candidate, element) > 0)) break;
      object[position + 1] = candidate;
    }
    object[position + 1] = element;
  }
}

/** The position of the third element to choose the pivot from. */
function thirdPosition(object, from, to, order) {
  if (to - from <= SAMPLING_LIMIT) return from + ((to - from) >> 1);
  const samples = [];
  const step = 200 + ((to - from) & 15);
  for (let i = from + 1; i < to - 1; i += step) samples[samples.length] = [i, object[i]];
  quickSort(samples, 0, samples.length, (a, b) => order(a[1], b[1]));
  return samples[samples.length >> 1][0];
}

function quickSort(object, start, end, order) {
  let from = start;
  let to = end;
  while (to - from > INSERTION_LIMIT) {
    const pivot = placePivot(object, from, to, order);
    const { low, high } = partition(object, from + 1, to - 1, pivot, order);
    if (to - high < low - from) {
      quickSort(object, high, to, order);
      to = low;
    } else {
      quickSort(object, from, low, order);
      from = high;
    }
  }
  insertionSort(object, from, to, order);
}

/** Order three elements of the range; the middle one becomes the pivot and is put behind the smallest. */
function placePivot(object, from, to, order) {
  const third = thirdPosition(object, from, to, order);
  const head = object[from];
  const tail = object[to - 1];
  const middle = object[third];
  const swapped = order(head, tail) > 0;
  let smallest = swapped ? tail : head;
  let pivot = swapped ? head : tail;
  let largest = middle;
  if (order(smallest, middle) >= 0) {
    largest = pivot;
    pivot = smallest;
    smallest = middle;
  } else if (order(pivot, middle) > 0) {
    largest = pivot;
    pivot = middle;
  }
  object[from] = smallest;
  object[to - 1] = largest;
  object[third] = object[from + 1];
  object[from + 1] = pivot;
  return pivot;
}

/** Partition the elements between the pivot at `start` and `end`; `low` and `high` border those equal to the pivot. */
function partition(object, start, end, pivot, order) {
  let low = start;
  let high = end;
  for (let i = low + 1; i < high; i += 1) {
    const element = object[i];
    let result = order(element, pivot);
    if (result < 0) {
      object[i] = object[low];
      object[low] = element;
      low += 1;
    } else if (result > 0) {
      do {
        high -= 1;
        if (high === i) return { low, high };
        result = order(object[high], pivot);
      } while (result > 0);
      object[i] = object[high];
      object[high] = element;
      if (result < 0) {
        const moved = object[i];
        object[i] = object[low];
        object[low] = moved;
        low += 1;
      }
    }
  }
  return { low, high };
}
