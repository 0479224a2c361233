const _ = require('underscore');
exports.run = () => [
  _.map([1, 2], (x) => x * 2),
  _.groupBy([1, 2, 3], (x) => x % 2),
  _.sortBy([3, 1], (x) => x),
  _.isEqual({ a: 1 }, { a: 1 }),
  _.chain([1, 2, 3])
    .filter((x) => x > 1)
    .value(),
  _.zip([1, 2], [3, 4]),
  _.uniq([1, 1, 2]),
];
