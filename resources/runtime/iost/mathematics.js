/** Members of `Math` with their prices (spec/gas.md §6.3). */

import { replaceMembers, restrictMembers, withFixedPrice } from './priced.js';

const PRICED = ['abs', 'cbrt', 'ceil', 'floor', 'log', 'log10', 'log1p', 'max', 'min', 'pow', 'round', 'sqrt'];
const CONSTANTS = ['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2'];
const REMOVED = (
  'acos acosh asin asinh atan atan2 atanh clz32 cos cosh exp expm1 fround hypot imul log2 random sign sin sinh ' +
  'tan tanh trunc'
).split(' ');

/** Install the priced members and remove all others. */
export function installMathematics(charge) {
  restrictMembers(Math, [...PRICED, ...CONSTANTS], REMOVED);
  replaceMembers(Math, PRICED, (original) => withFixedPrice(charge, original, 2));
}
