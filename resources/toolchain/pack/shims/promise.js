/**
 * `Promise` as far as naming it goes, packed only where it is named. Libraries make resolved ones while they are
 * loaded; to make another one, or to do anything with one, throws.
 */
function refuse() {
  throw new TypeError('Promises do not exist in contracts: a call runs to its end at once');
}

class Promise {
  constructor() {
    refuse();
  }

  static resolve(value) {
    return value instanceof this ? value : Object.create(this.prototype);
  }
}
for (const name of ['all', 'allSettled', 'any', 'race', 'reject', 'try', 'withResolvers']) Promise[name] = refuse;
// A contract's result is written as JSON.
for (const name of ['catch', 'finally', 'then', 'toJSON']) Promise.prototype[name] = refuse;

__strata_Promise = Object.defineProperty(Promise, 'name', { value: 'Promise' }); // packing may have renamed it
