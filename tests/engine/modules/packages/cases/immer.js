const { produce, enablePatches, produceWithPatches, freeze } = require('immer');
enablePatches();
exports.run = () => {
  const a = { x: { y: 1 }, l: [1] };
  const b = produce(a, (d) => {
    d.x.y = 2;
    d.l.push(3);
  });
  return [
    a,
    b,
    a.l === b.l,
    Object.isFrozen(b),
    produceWithPatches(a, (d) => {
      d.x.y = 9;
    })[1],
  ];
};
