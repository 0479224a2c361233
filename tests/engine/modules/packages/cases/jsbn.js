const { BigInteger } = require('jsbn');
exports.run = () => [new BigInteger('123456789123456789').multiply(new BigInteger('987654321')).toString()];
