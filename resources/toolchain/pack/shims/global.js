/**
 * The global object as libraries want it, a place where they can leave something: the real one is frozen and shared by
 * all runs. Packed only where `globalThis` or `global` is named.
 */
const own = {};
for (const name of Object.getOwnPropertyNames(__strata_real_global)) {
  Object.defineProperty(own, name, { value: __strata_real_global[name], writable: true, configurable: true });
}
own.global = own;
own.globalThis = own;

__strata_global = own;
