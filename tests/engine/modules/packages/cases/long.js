const L = require('long');
const M = L.default || L;
exports.run = () => [
  M.fromString('9223372036854775807').add(1).toString(),
  M.fromNumber(2 ** 40)
    .mul(3)
    .toString(),
  M.MAX_UNSIGNED_VALUE.toString(),
];
