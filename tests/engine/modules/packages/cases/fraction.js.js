const F = require('fraction.js');
const G = F.default || F;
exports.run = () => [
  new G(1, 3).add('1/6').toString(),
  new G('0.(3)').toFraction(),
  new G(3.14).toLatex(),
  new G(7, 2).mod(2).toString(),
];
