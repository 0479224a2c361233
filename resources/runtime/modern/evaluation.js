/**
 * `eval` of profile modern: libraries name it to see that it is there; what it is asked to compile it refuses. Where
 * stepping variants run, the engine's own `eval` stays, and contract text is rewritten to do the same as this one.
 */
import { defineProperty } from '../iost/primordials.js';

const NativeEvalError = EvalError;

/** Put this `eval` in place if there is none. */
export function installEval() {
  if (typeof globalThis.eval === 'function') return;
  const { method } = {
    method(text) {
      if (typeof text !== 'string') return text;
      throw new NativeEvalError('Code generation from strings disallowed for this context');
    },
  };
  defineProperty(method, 'name', { value: 'eval' });
  defineProperty(globalThis, 'eval', { value: method, writable: true, enumerable: false, configurable: true });
}
