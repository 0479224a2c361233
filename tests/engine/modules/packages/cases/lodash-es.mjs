import { chunk, cloneDeep, groupBy, merge, sortBy, sumBy } from 'lodash-es';
export const run = () => [
  groupBy([1.2, 1.8, 2.1], Math.floor),
  sortBy([{ a: 2 }, { a: 1 }], 'a'),
  chunk([1, 2, 3], 2),
  merge({ a: { b: 1 } }, { a: { c: 2 } }),
  cloneDeep(new Map([[1, { a: 1 }]])).get(1),
  sumBy([{ n: 4 }, { n: 2 }], 'n'),
];
