const { pipe } = require('fp-ts/function');
const A = require('fp-ts/Array');
const E = require('fp-ts/Either');
const N = require('fp-ts/number');
const O = require('fp-ts/Option');
exports.run = () => [
  pipe(
    [1, 2, 3],
    A.map((x) => x * 2),
    A.reduce(0, (a, b) => a + b),
  ),
  pipe(
    O.fromNullable(null),
    O.getOrElse(() => 7),
  ),
  pipe(
    E.tryCatch(
      () => JSON.parse('{'),
      (error) => error.name,
    ),
    E.match(
      (name) => `failed: ${name}`,
      () => 'parsed',
    ),
  ),
  A.sort(N.Ord)([3, 1, 2]),
];
