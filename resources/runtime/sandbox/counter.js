/** The gas counter (spec/gas.md §4). Its state lives in a closure: contract code can only ever add to it. */
import { isStackOverflow } from './overflow.js';
import { AnyError, freeze } from './primordials.js';

const MAX_CHARGE = 2147483647;

/** What ends a frame that used up its gas. Catching it does not help: every later charge throws it again. */
export const outOfGas = freeze(new AnyError('out of gas'));

/** Twice this is still a small integer of V8, which it adds to without making an object. */
const STRETCH = 536870911;

/**
 * What compiled texts pay with. They take their charges off `left` themselves, `(meter.left -= n) < 0 && meter.over(due)`,
 * because that is what V8 makes the least of: calling a function that it has never seen called would cost every round of
 * a loop.
 *
 * @typedef {object} Meter
 * @property {number} left a small integer of V8; below 0 the limit has to be looked at.
 * @property {(due: number) => void} over must be called when `left` has fallen below 0. `due` is the part of what was taken
 *     that pays for work not yet begun (spec/gas.md §4 charges before each operation, compiled texts a run of them at once).
 *     Throws if the limit has been passed without that part.
 * @property {(amount: number) => void} incr charges an amount that the compiler computed; it is truncated.
 * @property {(units: number) => void} refund gives back what is not due yet, before something that may end the frame.
 * @property {(due: number, value: any) => any} repaid takes it again, and returns `value`.
 * @property {(error: any) => void} caught is called first where a contract catches something: it throws again what ends
 *     the frame.
 */

/** Create a counter. */
export function createCounter() {
  let limit = Infinity; // libraries are loaded before the first frame
  let failure = null; // what ends the frame: every later charge throws it again
  // What is used is `before + granted - meter.left`. All but `before` stay small.
  let before = 0;
  let granted = STRETCH;

  /** @type {Meter} */
  const meter = {
    left: STRETCH,
    over(due) {
      if (failure !== null) {
        meter.left = -1;
        throw failure;
      }
      reach(used(), due);
    },
    incr: tick,
    refund(units) {
      meter.left += units;
    },
    repaid(due, value) {
      if ((meter.left -= due) < 0) meter.over(due);
      return value;
    },
    caught(error) {
      if (failure === null && isStackOverflow(error)) fail(error);
      if (failure !== null) throw failure;
    },
  };

  function used() {
    return before + granted - meter.left;
  }

  /** Go on from a number of units. */
  function start(units) {
    before = units;
    const left = limit - units;
    if (failure !== null || left < 0) granted = -1;
    else granted = left > STRETCH ? STRETCH : left | 0;
    meter.left = granted;
  }

  function reach(units, due) {
    if (units - due > limit) {
      failure = outOfGas;
      start(units - due); // work that is not begun is not shown as used
      throw failure;
    }
    // Past the limit only with what is not due: `left` stays below 0, so the next charge comes here as well.
    if (units <= limit) start(units);
  }

  function fail(error) {
    failure = error;
    start(used());
  }

  function add(units) {
    if (units <= STRETCH) {
      if ((meter.left -= units | 0) < 0) meter.over(0);
    } else {
      if (failure !== null) throw failure;
      reach(used() + units, 0);
    }
  }

  function tick(amount) {
    if ((meter.left -= amount | 0) < 0) meter.over(0);
  }

  return {
    meter,

    /** Charge an amount that the compiler computed; it is truncated. Throws when the limit is passed. */
    tick,

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
    used,

    /** Whether the frame that is running has passed its limit. */
    exhausted: () => failure === outOfGas || used() > limit,

    /** What ends the frame that is running, whatever it catches; null if nothing does yet. */
    failure: () => failure,

    /** Let the frame that is running end with an error. */
    fail,

    /** Throw what ends the frame that is running, if anything does. */
    check() {
      if (meter.left < 0) meter.over(0);
    },

    /** Start counting for a frame from 0; returns what `leave` needs. */
    enter(frameLimit) {
      const outer = { used: used(), limit, failure };
      limit = frameLimit;
      failure = null;
      start(0);
      return outer;
    },

    /** Forget what the frame has used so far: what comes before contract code is free. */
    reset() {
      failure = null;
      start(0);
    },

    /** Go on counting for the calling frame. */
    leave(outer) {
      ({ limit, failure } = outer);
      start(outer.used);
    },

    /** Run `work` without counting (a debugger looks at values). */
    unmetered(work) {
      const outer = { used: used(), limit, failure };
      limit = Infinity;
      failure = null;
      start(outer.used);
      try {
        return work();
      } finally {
        ({ limit, failure } = outer);
        start(outer.used);
      }
    },
  };
}
