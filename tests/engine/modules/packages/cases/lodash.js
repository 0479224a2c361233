const _ = require('lodash');
exports.run = () => [
  _.chunk([1, 2, 3, 4, 5], 2),
  _.groupBy([1.2, 1.8, 2.1], Math.floor),
  _.camelCase('hello big world'),
  _.merge({ a: { b: 1 } }, { a: { c: 2 } }),
  _.sortBy([{ a: 2 }, { a: 1 }], 'a'),
  _.debounce.length,
  _.cloneDeep({ x: [1, { y: 2 }] }),
  _.isEqual({ a: [1] }, { a: [1] }),
  _.sum(_.range(10)),
  _.padStart('7', 3, '0'),
  _.memoize((x) => x * 2)(4),
  _.get({ a: [{ b: 3 }] }, 'a[0].b'),
  _.chain([3, 1, 2]).sort().reverse().value(),
];
