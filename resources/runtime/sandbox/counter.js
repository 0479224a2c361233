/** The gas counter (spec/gas.md §4). Its state lives in a closure: contract code can only ever add to it. */
import { AnyError, freeze } from './primordials.js';

const MAX_CHARGE = 2147483647;

/** What ends a frame that used up its gas. Catching it does not help: every later charge throws it again. */
export const outOfGas = freeze(new AnyError('out of gas'));

/** Twice this is still a small integer of V8, which it adds to without making an object. */
const STRETCH = 536870911;

/** Create a counter. */
export function createCounter() {
  let limit = Infinity; // libraries are loaded before the first frame
  let exhausted = false;
  // What is used is `before + recent`. Only when `recent` passes `allowance` the limit is looked at; both stay small.
  let before = 0;
  let recent = 0;
  let allowance = STRETCH;

  /** Go on from a number of units. */
  function start(used) {
    before = used;
    recent = 0;
    const left = limit - used;
    if (exhausted || left < 0) allowance = -1;
    else allowance = left > STRETCH ? STRETCH : left | 0;
  }

  function reach(used) {
    exhausted = used > limit;
    start(used);
    if (exhausted) throw outOfGas;
  }

  /** The allowance was passed by the last `units`. */
  function pass(units) {
    if (exhausted) {
      recent -= units;
      throw outOfGas;
    }
    reach(before + recent);
  }

  function add(units) {
    if (units <= STRETCH) {
      if ((recent += units | 0) > allowance) pass(units | 0);
    } else {
      if (exhausted) throw outOfGas;
      reach(before + recent + units);
    }
  }

  return {
    /** Charge an amount that the compiler computed; it is truncated. Throws when the limit is passed. */
    tick(amount) {
      if ((recent += amount | 0) > allowance) pass(amount | 0);
    },

    /** Charge for work of the contract; the amount is truncated toward zero. Throws when the limit is passed. */
    charge(amount) {
      const units = +amount;
      if (units >= MAX_CHARGE) throw new AnyError('IOSTContractInstruction_Incr gas overflow max int');
      if (!(units >= 0)) throw new AnyError('IOSTContractInstruction_Incr invalid gas');
      add(units | 0);
    },

    /** Charge what a host operation cost; `units` is a whole number of any size. */
    chargeHost: add,

    /** Gas used by the frame that is running. */
    used: () => before + recent,

    /** Whether the frame that is running has passed its limit. */
    exhausted: () => exhausted,

    /** Throw if the frame that is running has passed its limit. */
    check() {
      if (exhausted) throw outOfGas;
    },

    /** Start counting for a frame from 0; returns what `leave` needs. */
    enter(frameLimit) {
      const outer = { used: before + recent, limit, exhausted };
      limit = frameLimit;
      exhausted = false;
      start(0);
      return outer;
    },

    /** Forget what the frame has used so far: what comes before contract code is free. */
    reset() {
      exhausted = false;
      start(0);
    },

    /** Go on counting for the calling frame. */
    leave(outer) {
      ({ limit, exhausted } = outer);
      start(outer.used);
    },

    /** Run `work` without counting (a debugger looks at values). */
    unmetered(work) {
      const outer = { used: before + recent, limit, exhausted };
      limit = Infinity;
      exhausted = false;
      start(outer.used);
      try {
        return work();
      } finally {
        ({ limit, exhausted } = outer);
        start(outer.used);
      }
    },
  };
}
