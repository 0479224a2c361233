const B = require('bn.js');
exports.run = () => [
  new B('123456789012345678901234567890').mul(new B('987654321')).toString(),
  new B(2).pow(new B(128)).subn(1).toString(16),
  new B(10).toRed(B.red('k256')).redPow(new B(100)).fromRed().toString(),
  new B('ff', 16).toArray(),
  new B(17).mod(new B(5)).toNumber(),
];
