const h = require('hash.js');
exports.run = () => [h.sha256().update('abc').digest('hex'), h.ripemd160().update('abc').digest('hex')];
