const R = require('ramda');
exports.run = () => [
  R.pipe(
    R.map(R.inc),
    R.filter((x) => x % 2 === 0),
  )([1, 2, 3, 4]),
  R.groupBy((x) => x.length, ['a', 'bb', 'c']),
  R.path(['a', 'b'], { a: { b: 5 } }),
  R.curry((a, b, c) => a + b + c)(1)(2)(3),
  R.equals({ a: [1] }, { a: [1] }),
  R.lensPath(['x']).length,
  R.over(R.lensProp('v'), R.add(1), { v: 1 }),
  R.toString({ a: [1, 'x'] }),
  R.transduce(R.map(R.inc), R.flip(R.append), [], [1, 2]),
];
