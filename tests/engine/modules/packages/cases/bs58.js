const m = require('bs58');
const b = m.default || m;
exports.run = () => [b.encode(Uint8Array.from([0, 0, 1, 2, 3, 255])), Array.from(b.decode('11Ldp'))];
