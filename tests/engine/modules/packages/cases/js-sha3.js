const s = require('js-sha3');
exports.run = () => [s.keccak256('abc'), s.sha3_256(''), s.shake128('x', 64), s.sha3_512([1, 2, 3])];
