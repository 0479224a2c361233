const { bech32 } = require('bech32');
exports.run = () => [
  bech32.encode('abc', bech32.toWords(new Uint8Array([1, 2, 3]))),
  bech32.decode('abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw'),
];
