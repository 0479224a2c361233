/** Puts prices on built-in functions and constructors without changing what they do. */

import { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } from '../iost/primordials.js';

const { add, has } = WeakSet.prototype;
const pricedConstructors = new WeakSet();

/**
 * Price the member `key` of `owner`.
 *
 * @param {object} owner
 * @param {string|symbol} key
 * @param {object} prices
 * @param {(receiver: any, args: ArrayLike<any>) => void} [prices.before] charges before the call.
 * @param {(result: any, receiver: any) => void} [prices.after] charges after the call.
 */
export function priceMember(owner, key, { before, after }) {
  const descriptor = getOwnPropertyDescriptor(owner, key);
  if (!descriptor || typeof descriptor.value !== 'function') return;
  const original = descriptor.value;
  // A method definition: like the original it cannot be constructed and has no `prototype`.
  const { priced } = {
    priced() {
      'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
      if (before) before(this, arguments);
      const result = apply(original, this, arguments);
      if (after) after(result, this);
      return result;
    },
  };
  defineProperty(priced, 'name', { value: original.name });
  defineProperty(priced, 'length', { value: original.length });
  defineProperty(owner, key, { ...descriptor, value: priced });
}

/** Price several members alike; those that the engine does not have are left out. */
export function priceMembers(owner, keys, prices) {
  for (const key of keys) priceMember(owner, key, prices);
}

/**
 * Price a global constructor, called or constructed, also through `constructor` of its instances and by subclasses.
 *
 * @param {string} name
 * @param {(args: ArrayLike<any>) => void} before charges before anything is created.
 */
export function priceConstructor(name, before) {
  const original = globalThis[name];
  const priced = new Proxy(original, {
    apply(target, receiver, args) {
      before(args);
      return apply(target, receiver, args);
    },
    construct(target, args, newTarget) {
      before(args);
      return construct(target, args, newTarget === priced ? target : newTarget);
    },
  });
  apply(add, pricedConstructors, [priced]);
  defineProperty(globalThis, name, { value: priced, writable: true, enumerable: false, configurable: true });
  defineProperty(original.prototype, 'constructor', { value: priced, writable: true, configurable: true });
}

/** Let priced methods that make a result of the receiver's kind (`map`, `slice`) use the engine's own constructor. */
export function freeSpecies(constructor) {
  const holder = getOwnPropertyDescriptor(constructor, Symbol.species) ? constructor : getPrototypeOf(constructor);
  defineProperty(holder, Symbol.species, {
    get() {
      'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
      return apply(has, pricedConstructors, [this]) ? undefined : this;
    },
    configurable: true,
  });
}
