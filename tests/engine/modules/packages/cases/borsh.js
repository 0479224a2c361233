const borsh = require('borsh');
exports.run = () => {
  const schema = { struct: { x: 'u8', y: 'u64', z: 'string' } };
  const bytes = borsh.serialize(schema, { x: 255, y: 20n, z: '123' });
  return [Array.from(bytes), String(borsh.deserialize(schema, bytes).y)];
};
