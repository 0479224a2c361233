const B = require('big.js');
exports.run = () => [
  B('0.1').plus('0.2').toString(),
  B(2).pow(100).toFixed(),
  B(10).div(3).toFixed(10),
  B(2).sqrt().toString(),
];
