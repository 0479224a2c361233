/**
 * `BigNumber`: bignumber.js 7.2.1 as published, running on the priced built-in objects, with prices on its entry
 * points (spec/gas.md §6.5). Its own use of priced members, also of these, is charged as well.
 */

import OriginalBigNumber from 'bignumber.js/bignumber.js';
import { apply, NativeString } from './primordials.js';

const BASE = 20;
const FIXED = [
  ['abs', 'absoluteValue'],
  ['negated'],
  ['isFinite'],
  ['isInteger'],
  ['isNaN'],
  ['isNegative'],
  ['isPositive'],
  ['isZero'],
];
const BY_OWN_LENGTH = [['integerValue'], ['sqrt', 'squareRoot'], ['toFixed']];
const BY_BOTH_LENGTHS = [
  [['plus'], 10],
  [['minus'], 10],
  [['div', 'dividedBy'], 10],
  [['idiv', 'dividedToIntegerBy'], 10],
  [['mod'], 10],
  [['times', 'multipliedBy'], 4],
  [['eq', 'isEqualTo'], 2],
  [['gt', 'isGreaterThan'], 2],
  [['gte', 'isGreaterThanOrEqualTo'], 2],
  [['lt', 'isLessThan'], 2],
  [['lte', 'isLessThanOrEqualTo'], 2],
];

/**
 * Price the class and return what contracts see as `BigNumber`: a wrapper without settings.
 *
 * @param {(units: number) => void} charge
 */
export function createBigNumber(charge) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  const { prototype } = OriginalBigNumber;
  const { toString } = prototype;
  const lengthOf = (number) => apply(toString, number, []).length;
  const lengthOfArgument = (argument) =>
    argument instanceof OriginalBigNumber ? lengthOf(argument) : NativeString(argument).length;

  // The argument is looked at first, and left out if it is missing.
  function sum(number, argument, factor) {
    const added = argument == null ? 0 : lengthOfArgument(argument);
    return (lengthOf(number) + added) * factor;
  }

  function product(number, argument) {
    const factor = argument == null ? 1 : lengthOfArgument(argument);
    return lengthOf(number) * factor * 10;
  }

  function price(names, priceOf) {
    const original = prototype[names[0]];
    const priced = function (argument) {
      charge(BASE + priceOf(this, argument));
      return apply(original, this, arguments);
    };
    for (const name of names) prototype[name] = nameless(priced);
  }

  for (const names of FIXED) price(names, () => 0);
  for (const names of BY_OWN_LENGTH) price(names, (number) => lengthOf(number) * 4);
  for (const [names, factor] of BY_BOTH_LENGTHS) price(names, (number, argument) => sum(number, argument, factor));
  price(['pow', 'exponentiatedBy'], product);

  OriginalBigNumber.config({ DECIMAL_PLACES: 50, POW_PRECISION: 50, ROUNDING_MODE: OriginalBigNumber.ROUND_DOWN });
  return createWrapper(charge);
}

function createWrapper(charge) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  const wrapper = nameless(function () {
    charge(BASE);
    return apply(OriginalBigNumber, this, arguments);
  });
  wrapper.prototype = OriginalBigNumber.prototype;
  wrapper.prototype.constructor = wrapper;
  wrapper.isBigNumber = OriginalBigNumber.isBigNumber;
  wrapper.maximum = wrapper.max = OriginalBigNumber.maximum;
  wrapper.minimum = wrapper.min = OriginalBigNumber.minimum;
  return wrapper;
}

/** The reference's wrappers have neither a name nor parameters. */
function nameless(wrapper) {
  Object.defineProperty(wrapper, 'name', { value: '' });
  Object.defineProperty(wrapper, 'length', { value: 0 });
  return wrapper;
}

/** The class that library code uses before prices exist. */
export { OriginalBigNumber };
