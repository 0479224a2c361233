const v = require('validator');
exports.run = () => [
  v.isEmail('a@b.co'),
  v.isURL('http://x.org'),
  v.isUUID('x'),
  v.escape('<a>'),
  v.isInt('5', { min: 3 }),
  v.isISO8601('2020-01-01'),
  v.trim('  a '),
  v.isLength('abc', { min: 2 }),
  v.isJSON('{"a":1}'),
];
