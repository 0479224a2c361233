/** `Promise` as far as naming it goes: nothing is one, and making one throws. Packed only where it is named. */
function refuse() {
  throw new TypeError('Promises do not exist in contracts: a call runs to its end at once');
}

class Promise {
  constructor() {
    refuse();
  }
}
for (const name of ['all', 'allSettled', 'any', 'race', 'reject', 'resolve', 'try', 'withResolvers']) {
  Promise[name] = refuse;
}
for (const name of ['catch', 'finally', 'then']) Promise.prototype[name] = refuse;

__strata_Promise = Promise;
