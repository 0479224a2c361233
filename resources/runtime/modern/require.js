/** `require` of profile modern: the chain's own modules. Everything else has been packed into the contract. */

import { hasOwn, NativeError } from '../iost/primordials.js';

/**
 * @param {Object<string, object>} modules by name.
 */
export function createRequire(modules) {
  return function require(id) {
    if (typeof id === 'string' && hasOwn(modules, id)) return modules[id];
    throw new NativeError(`Cannot find module '${String(id)}': it was not packed into the contract`);
  };
}
