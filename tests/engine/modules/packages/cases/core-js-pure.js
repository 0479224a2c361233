const f = require('core-js-pure/actual/array/flat');
const s = require('core-js-pure/actual/set');
exports.run = () => [f([1, [2, [3]]], 2), [...new s([1, 1, 2])]];
