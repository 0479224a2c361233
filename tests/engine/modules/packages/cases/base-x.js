const b = require('base-x');
const mk = b.default || b;
exports.run = () => {
  const x = mk('0123456789ABCDEF');
  return [x.encode(new Uint8Array([1, 255, 16])), Array.from(x.decode('FF00'))];
};
