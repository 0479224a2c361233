const { decode, encode } = require('@msgpack/msgpack');
exports.run = () => {
  const bytes = encode({ a: [1, -2, 3.5, 'hé', null, true], n: new Uint8Array([1, 2]) });
  return [Array.from(bytes), decode(bytes).a];
};
