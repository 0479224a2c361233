/**
 * Start of a sandbox: what the bundles in `entries` do when `engine/vm/realm.py` boots an isolate with one of them.
 *
 * `prepare` runs once an isolate and needs nothing from outside, so that its result can be kept in a startup snapshot.
 * It leaves one global, `__strataBoot`; calling that joins the isolate to Python and removes every trace.
 */
import { createBridge } from './bridge.js';
import { createCounter } from './counter.js';
import { createDispatcher } from './dispatcher.js';
import { freezeGlobal, freezeIntrinsics, removeGlobals, removeUnsafe } from './hardening.js';
import { createLateMembers } from './late.js';
import { globalObject } from './primordials.js';
import { createRecorder, recorderParameters } from './recorder.js';
import { installTraces } from './traces.js';

/**
 * Load a profile's libraries and harden the isolate.
 *
 * @param {object} profile the profile's module (`resources/runtime/<profile>/index.js`).
 * @param {object} options
 * @param {boolean} options.stepping whether stepping variants are to be run.
 * @param {boolean} options.open leave built-in objects changeable: the isolate serves one frame only.
 * @param {boolean} options.imaged a startup snapshot will be taken of the result.
 */
export function prepare(profile, { stepping, open, imaged }) {
  removeGlobals(['__strataPrepare']);
  const counter = createCounter();
  const traces = installTraces();
  let dispatcher = null;
  removeUnsafe({ keepEval: stepping, whyNoCompiling: profile.whyNoCompiling }); // before `install`: a profile may put something else in place
  const late = imaged ? createLateMembers() : null;
  const installed = profile.install({
    charge: counter.charge,
    tick: counter.tick,
    meter: counter.meter,
    gasUsed: counter.used,
    host: (operation, ...texts) => dispatcher.host(operation, texts),
  });
  removeGlobals(installed.removedGlobals || []);
  if (late === null) traces.fix();
  if (!open) freezeIntrinsics(installed.roots || [], late === null ? [] : late.holders);
  if (late !== null) late.record();

  globalObject.__strataBoot = function connect() {
    const native = globalObject.__strataHost;
    const memory = globalObject.__strataMemory;
    removeGlobals(['__strataHost', '__strataMemory', '__strataBoot']);
    if (late !== null) {
      late.settle();
      traces.fix();
      late.freeze();
    }
    if (!open) freezeGlobal();
    const bridge = createBridge(native, memory);
    const recorder = stepping
      ? createRecorder({
          debug: (operation, ...texts) => dispatcher.debug(operation, texts),
          gasUsed: counter.used,
          operations: () => dispatcher.operations(),
          unmetered: counter.unmetered,
        })
      : null;
    dispatcher = createDispatcher({ profile: installed, bridge, counter, positionsOf: traces.positionsOf, recorder });
    const parameterNames = list(installed.parameterNames) + (stepping ? `,${list(recorderParameters)}` : '');
    const machineryNames = list(installed.machinery.names);
    const { ending } = installed;
    return { loop: dispatcher.loop, register: dispatcher.register, parameterNames, machineryNames, ending };
  };
}

function list(names) {
  let text = '';
  for (let i = 0; i < names.length; i += 1) text += (i === 0 ? '' : ',') + names[i];
  return text;
}
