const { sha256 } = require('@noble/hashes/sha2.js');
const { keccak_256 } = require('@noble/hashes/sha3.js');
const { bytesToHex, utf8ToBytes } = require('@noble/hashes/utils.js');
const { blake2b } = require('@noble/hashes/blake2.js');
const { hmac } = require('@noble/hashes/hmac.js');
exports.run = () => [
  bytesToHex(sha256(utf8ToBytes('abc'))),
  bytesToHex(keccak_256(utf8ToBytes('abc'))),
  bytesToHex(blake2b(utf8ToBytes('abc'))),
  bytesToHex(hmac(sha256, utf8ToBytes('k'), utf8ToBytes('m'))),
];
