const yaml = require('js-yaml');
exports.run = () => [
  yaml.load('a: [1, 2]\nb:\n  c: true\nd: 2001-12-14\n'),
  yaml.dump({ a: [1, { b: null }], c: 'x\ny' }),
];
