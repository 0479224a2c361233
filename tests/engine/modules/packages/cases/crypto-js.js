const c = require('crypto-js');
exports.run = () => [
  c.SHA256('abc').toString(),
  c.MD5('abc').toString(),
  c.HmacSHA1('m', 'k').toString(),
  c.enc.Base64.stringify(c.enc.Utf8.parse('hi')),
];
