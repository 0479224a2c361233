const p = require('pako');
exports.run = () => {
  const d = p.deflate(new Uint8Array(200).fill(65));
  return [Array.from(d), p.inflate(d, { to: 'string' }).length];
};
