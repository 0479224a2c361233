const m = require('ms');
exports.run = () => [m('2 days'), m(60000), m(3 * 3600000, { long: true })];
