const big = require('big-integer');
exports.run = () => [
  big('123456789012345678901234567890').pow(3).toString(),
  big(97).isPrime(),
  big(3).modPow(200, 13).toString(),
  big(2).pow(200).toString(36),
];
