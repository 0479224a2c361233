const q = require('qs');
exports.run = () => [q.parse('a[b]=1&c=2&d[]=3&d[]=4'), q.stringify({ a: { b: 1 }, c: [1, 2] })];
