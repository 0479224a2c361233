/** Node's `crypto` as far as importing it goes: packages that only use it when they find nothing better still load. */
const absent = (name) =>
  function notOnAChain() {
    throw new Error(`crypto.${name} does not exist on a chain; use IOSTCrypto for hashes and signatures`);
  };

module.exports = {};
for (const name of [
  'createHash',
  'createHmac',
  'createSign',
  'createVerify',
  'randomBytes',
  'randomInt',
  'randomUUID',
  'getRandomValues',
  'pbkdf2Sync',
  'scryptSync',
  'timingSafeEqual',
]) {
  module.exports[name] = absent(name);
}
