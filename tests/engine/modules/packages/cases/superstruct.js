const s = require('superstruct');
exports.run = () => [
  s.is({ a: 1 }, s.object({ a: s.number() })),
  s.is({ a: '1' }, s.object({ a: s.number() })),
  s.create({}, s.object({ a: s.defaulted(s.number(), 3) })),
];
