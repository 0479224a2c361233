const { action, autorun, observable } = require('mobx');
exports.run = () => {
  const state = observable({
    a: 1,
    get twice() {
      return this.a * 2;
    },
  });
  const seen = [];
  autorun(() => seen.push(state.twice));
  action(() => {
    state.a = 5;
  })();
  return [seen, state.twice];
};
