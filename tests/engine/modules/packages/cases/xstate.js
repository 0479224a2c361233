const { assign, createMachine, initialTransition, transition } = require('xstate');
exports.run = () => {
  const machine = createMachine({
    initial: 'open',
    context: { bids: 0 },
    states: {
      open: { on: { BID: { actions: assign({ bids: ({ context }) => context.bids + 1 }) }, END: 'closed' } },
      closed: {},
    },
  });
  let [state] = initialTransition(machine);
  for (const type of ['BID', 'BID', 'END', 'BID']) [state] = transition(machine, state, { type });
  return [state.value, state.context];
};
