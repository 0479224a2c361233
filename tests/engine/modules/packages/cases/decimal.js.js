const D = require('decimal.js');
exports.run = () => [
  new D('0.1').plus('0.2').toString(),
  D.sqrt(2).toString(),
  D.exp(1).toString(),
  new D(2).pow('0.5').toFixed(10),
  D.cos(1).toString(),
  D.ln(10).toString(),
];
