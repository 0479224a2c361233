const { ed25519 } = require('@noble/curves/ed25519.js');
const { secp256k1 } = require('@noble/curves/secp256k1.js');
exports.run = () => {
  const key = new Uint8Array(32).fill(7);
  const message = new Uint8Array(32).fill(9);
  return [secp256k1, ed25519].map((curve) => {
    const signature = curve.sign(message, key);
    const publicKey = curve.getPublicKey(key);
    return [Array.from(signature), Array.from(publicKey), curve.verify(signature, message, publicKey)];
  });
};
