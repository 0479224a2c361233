/** The gas counter (spec/gas.md §4). Its state lives in a closure: contract code can only ever add to it. */
import { AnyError, freeze } from './primordials.js';

const MAX_CHARGE = 2147483647;

/** What ends a frame that used up its gas. Catching it does not help: every later charge throws it again. */
export const outOfGas = freeze(new AnyError('out of gas'));

/** Create a counter. */
export function createCounter() {
  let used = 0;
  let limit = Infinity; // libraries are loaded before the first frame
  let exhausted = false;
  let paused = false;

  function add(units) {
    if (exhausted) throw outOfGas;
    used += units;
    if (used > limit) {
      exhausted = true;
      throw outOfGas;
    }
  }

  return {
    /** Charge for work of the contract; the amount is truncated toward zero. Throws when the limit is passed. */
    charge(amount) {
      if (paused) return;
      const units = +amount;
      if (units >= MAX_CHARGE) throw new AnyError('IOSTContractInstruction_Incr gas overflow max int');
      if (!(units >= 0)) throw new AnyError('IOSTContractInstruction_Incr invalid gas');
      add(units | 0);
    },

    /** Charge what a host operation cost; `units` is a whole number of any size. */
    chargeHost(units) {
      if (!paused) add(units);
    },

    /** Gas used by the frame that is running. */
    used: () => used,

    /** Whether the frame that is running has passed its limit. */
    exhausted: () => exhausted,

    /** Throw if the frame that is running has passed its limit. */
    check() {
      if (exhausted) throw outOfGas;
    },

    /** Start counting for a frame from 0; returns what `leave` needs. */
    enter(frameLimit) {
      const outer = { used, limit, exhausted };
      used = 0;
      limit = frameLimit;
      exhausted = false;
      return outer;
    },

    /** Forget what the frame has used so far: what comes before contract code is free. */
    reset() {
      used = 0;
      exhausted = false;
    },

    /** Go on counting for the calling frame. */
    leave(outer) {
      ({ used, limit, exhausted } = outer);
    },

    /** Run `work` without counting (a debugger looks at values). */
    unmetered(work) {
      const before = paused;
      paused = true;
      try {
        return work();
      } finally {
        paused = before;
      }
    },
  };
}
