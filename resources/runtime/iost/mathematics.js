/** Members of `Math` with their prices (spec/gas.md §6.3). */

import { removeMembers, removeMembersExcept, replaceMembers, withFixedPrice } from './priced.js';

const PRICED = ['abs', 'cbrt', 'ceil', 'floor', 'log', 'log10', 'log1p', 'max', 'min', 'pow', 'round', 'sqrt'];
const CONSTANTS = ['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2'];

/** Install the priced members and remove all others. */
export function installMathematics(charge) {
  removeMembersExcept(Math, new Set([...PRICED, ...CONSTANTS]));
  removeMembers(Math, ['random']);
  replaceMembers(Math, PRICED, (original) => withFixedPrice(charge, original, 2));
}
