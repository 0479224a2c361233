const A = require('ajv');
exports.run = () => {
  const v = new A().compile({ type: 'object', required: ['a'] });
  return [v({ a: 1 }), v({})];
};
