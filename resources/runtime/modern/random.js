/**
 * `Math.random` of profile modern. A chain has no chance: in a method it throws. Libraries that ask for a number while
 * they are loaded (to look at it, or to seed a generator that they do not use) get one, always the same.
 */
import { defineProperty, NativeError } from '../iost/primordials.js';

const WHILE_LOADING = 0.5;

/**
 * Put this `Math.random` in place.
 *
 * @returns {{setLoading: (value: boolean) => boolean}} tells whether a contract's modules are being loaded now; returns
 *     whether they were until now.
 */
export function installRandom() {
  let isLoading = false;
  const { random } = {
    random() {
      if (isLoading) return WHILE_LOADING;
      throw new NativeError('Math.random does not exist on a chain: every node must compute the same');
    },
  };
  defineProperty(Math, 'random', { value: random, writable: true, enumerable: false, configurable: true });
  return {
    setLoading(value) {
      const before = isLoading;
      isLoading = value;
      return before;
    },
  };
}
