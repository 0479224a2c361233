const { Root } = require('protobufjs');
exports.run = () => {
  const root = Root.fromJSON({ nested: { M: { fields: { a: { type: 'int32', id: 1 } } } } });
  return Array.from(root.lookupType('M').encode({ a: 5 }).finish());
};
