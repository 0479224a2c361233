const e = require('fast-deep-equal');
exports.run = () => [e({ a: [1, 2] }, { a: [1, 2] }), e([1], [2])];
