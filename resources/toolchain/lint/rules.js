/** All rules of the linter; each takes a context and reports findings. `engine/compiler/rules.py` explains them. */

import * as names from './names.js';
import * as numbers from './numbers.js';
import * as quirks from './quirks.js';
import * as security from './security.js';
import * as shape from './shape.js';

const EVERYWHERE = [
  shape.exportsClass,
  shape.classMembers,
  shape.fitsInterface,
  shape.documentedTypes,
  shape.codeSize,
  names.unused,
  names.undeclared,
  names.taken,
  names.duplicates,
  names.removedMembers,
  names.unknownModules,
  security.writeAfterCall,
  security.uncheckedAuth,
  security.unboundedLoops,
  numbers.floatAmounts,
  numbers.storedTexts,
  quirks.lostState,
];

const IOST = [
  quirks.looseEquality,
  quirks.compoundTargets,
  quirks.arrowBodies,
  quirks.labelledLoops,
  quirks.consoleTexts,
  quirks.directives,
];

/** Rules by profile. */
export const RULES = { iost: [...EVERYWHERE, ...IOST], modern: EVERYWHERE };
