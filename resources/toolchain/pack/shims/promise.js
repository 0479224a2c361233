/** `Promise` as far as naming it goes: nothing is one, and making one throws. Packed only where it is named. */
function refuse() {
  throw new TypeError('Promises do not exist in contracts: a call runs to its end at once');
}

export class __strata_Promise {
  constructor() {
    refuse();
  }
}
for (const name of ['all', 'allSettled', 'any', 'race', 'reject', 'resolve', 'try', 'withResolvers']) {
  __strata_Promise[name] = refuse;
}
for (const name of ['catch', 'finally', 'then']) __strata_Promise.prototype[name] = refuse;
