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
import { createRecorder, recorderParameters } from './recorder.js';
import { installTraces } from './traces.js';

/**
 * Load a profile's libraries and harden the isolate.
 *
 * @param {object} profile the profile's module (`resources/runtime/<profile>/index.js`).
 * @param {object} options
 * @param {boolean} options.stepping whether stepping variants are to be run.
 * @param {boolean} options.open leave built-in objects changeable: the isolate serves one frame only.
 */
export function prepare(profile, { stepping, open }) {
  removeGlobals(['__strataPrepare']);
  const counter = createCounter();
  const positionsOf = installTraces();
  let dispatcher = null;
  removeUnsafe({ keepEval: stepping }); // before `install`: a profile may put something else in place
  const installed = profile.install({
    charge: counter.charge,
    gasUsed: counter.used,
    host: (operation, ...texts) => dispatcher.host(operation, texts),
  });
  removeGlobals(installed.removedGlobals || []);
  if (!open) freezeIntrinsics(installed.roots || []);

  globalThis.__strataBoot = function connect() {
    const native = globalThis.__strataHost;
    const memory = globalThis.__strataMemory;
    removeGlobals(['__strataHost', '__strataMemory', '__strataBoot', 'SharedArrayBuffer']);
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
    dispatcher = createDispatcher({ profile: installed, bridge, counter, positionsOf, recorder });
    let parameterNames = '';
    for (let i = 0; i < installed.parameterNames.length; i += 1) {
      parameterNames += (i === 0 ? '' : ',') + installed.parameterNames[i];
    }
    for (let i = 0; stepping && i < recorderParameters.length; i += 1) parameterNames += `,${recorderParameters[i]}`;
    return { loop: dispatcher.loop, register: dispatcher.register, parameterNames };
  };
}
