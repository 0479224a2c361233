/** A module of Node's that a chain cannot have: importing it works, using it throws. */
module.exports = (module) =>
  new Proxy(
    {},
    {
      get(target, name) {
        if (typeof name === 'symbol' || name === '__esModule' || name === 'then') return undefined;
        if (!Object.hasOwn(target, name)) {
          target[name] = function notOnAChain() {
            throw new Error(`${module}.${name} does not exist on a chain: its results depend on the machine`);
          };
        }
        return target[name];
      },
    },
  );
