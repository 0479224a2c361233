const E = require('elliptic').ec;
exports.run = () => {
  const e = new E('secp256k1');
  const k = e.keyFromPrivate('1'.repeat(64), 'hex');
  const s = k.sign('ab'.repeat(32));
  return [k.getPublic('hex'), s.r.toString(16), s.s.toString(16), k.verify('ab'.repeat(32), s)];
};
