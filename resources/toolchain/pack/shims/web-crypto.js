/** The web's global `crypto`, all of which is about chance: what asks for some throws. Packed only where it is named. */
const refused = (name) =>
  function notOnAChain() {
    throw new Error(`crypto.${name} does not exist on a chain: every node must compute the same`);
  };

__strata_crypto = { getRandomValues: refused('getRandomValues'), randomUUID: refused('randomUUID') };
