const B = require('bignumber.js');
exports.run = () => [
  new B('0.1').plus('0.2').toString(),
  new B(2).pow(200).toFixed(),
  new B(10).div(3).toFixed(20),
  new B(2).sqrt().toString(),
  B.max(1, '5').toString(),
];
