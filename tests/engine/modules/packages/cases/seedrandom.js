const s = require('seedrandom');
exports.run = () => {
  const r = s('hello.');
  const a = s.alea('x');
  return [r(), r(), r.int32(), r.quick(), a()];
};
