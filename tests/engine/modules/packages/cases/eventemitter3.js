const E = require('eventemitter3');
exports.run = () => {
  const e = new E();
  const l = [];
  e.on('a', (x) => l.push(x)).once('a', (x) => l.push(-x));
  e.emit('a', 1);
  e.emit('a', 2);
  return [l, e.listenerCount('a')];
};
