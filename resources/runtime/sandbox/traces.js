/**
 * Where an error arose, without letting contracts see it.
 *
 * V8 asks `Error.prepareStackTrace` for the text of `error.stack` when it is first read. Contracts get the error's own
 * text (stacks would tell how the runtime is built, and differ between engines); the sandbox finds the positions
 * in a table.
 */
import { apply, createWeakTable, defineProperty, deleteProperty, getOwnPropertyDescriptor, uncurryThis } from './primordials.js';

const MAX_SITES = 32;
const OriginalError = Error;

/**
 * Install the hook.
 *
 * Returns `positionsOf(error)`: `[script, line, column]` of each call, innermost first; and `fix`, to be called once the
 * isolate has booted for good.
 */
export function installTraces() {
  const table = createWeakTable();
  const text = uncurryThis(Error.prototype.toString);

  function prepare(error, sites) {
    const positions = [];
    for (let i = 0; i < sites.length; i += 1) {
      const site = sites[i];
      const script = site.getScriptNameOrSourceURL();
      if (typeof script === 'string') {
        positions[positions.length] = [script, site.getLineNumber() || 0, site.getColumnNumber() || 0];
      }
    }
    table.set(error, positions);
    return text(error);
  }

  const constant = { writable: false, enumerable: false, configurable: false };
  defineProperty(OriginalError, 'prepareStackTrace', { value: prepare, ...constant });
  deleteProperty(OriginalError, 'captureStackTrace');

  const stackOf = getOwnPropertyDescriptor(new Error('probe'), 'stack').get;

  function positionsOf(error) {
    if (typeof error !== 'object' || error === null) return [];
    let positions = table.get(error);
    if (positions === undefined) {
      apply(stackOf, error, []); // makes V8 call `prepare`; the error's own `stack` may be anything by now
      positions = table.get(error);
    }
    return positions || [];
  }

  return {
    positionsOf,
    fix: () => defineProperty(OriginalError, 'stackTraceLimit', { value: MAX_SITES, ...constant }),
  };
}
