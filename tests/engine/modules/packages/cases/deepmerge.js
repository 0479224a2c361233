const d = require('deepmerge');
exports.run = () => d({ a: [1], b: { c: 1 } }, { a: [2], b: { d: 2 } });
