const y = require('yaml');
exports.run = () => [y.parse('a: 1\nb: [x, y]\nc:\n  d: true'), y.stringify({ a: [1, { b: 2 }] })];
