const n = require('tweetnacl');
exports.run = () => {
  const k = n.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
  const m = new Uint8Array([1, 2, 3]);
  const s = n.sign.detached(m, k.secretKey);
  return [Array.from(k.publicKey), Array.from(s), n.sign.detached.verify(m, s, k.publicKey), Array.from(n.hash(m))];
};
