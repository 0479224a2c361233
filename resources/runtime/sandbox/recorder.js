/**
 * Recording and replaying of a run in a debug sandbox.
 *
 * The stepping variant of a contract calls `_strata_step(id, scope)` before every statement and brackets every function
 * with `_strata_enter(scope)` and `_strata_exit()`; `scope` evaluates text in that very place. While recording, a step is
 * four numbers in typed arrays, handed to the host a chunk at a time; beside them stand marks where functions and frames
 * begin and end, from which gas is attributed (`engine/debug/profile.py`). In a replay the run stops at a wanted step
 * and answers questions about it until it is told to go on.
 */

/** Debug operations of the host; `engine/debug/protocol.py` holds the same numbers. */
export const DebugOperation = Object.freeze({
  ENTER_CONTRACT: 100, // contract, code key → first row of its sites, as text
  // Sites, depths, operations (int32), gas (float64) of steps; for marks steps before it in this chunk, kind + 4 × depth,
  // operations (int32), gas (float64). Each as a string of 16-bit units.
  STEPS: 101,
  PAUSED: 102, // answer to the last question (JSON or null), position → the next command (JSON)
  BEGIN: 103, // a program begins
  AWAY: 104, // depth, gas: the frame that runs calls another contract, maybe one in another realm
  BACK: 105, // the call has returned → progress: position, operations, position of the next stop or -1 (JSON list)
  JOIN: 106, // a frame begins → depth and gas of its caller, and progress (JSON)
});

/** The parameters that stepping variants take besides those of the profile. */
export const recorderParameters = Object.freeze(['_strata_step', '_strata_enter', '_strata_exit']);

const CHUNK_STEPS = 2048;

/** Kinds of mark; `engine/debug/profile.py` holds the same numbers. */
export const Mark = Object.freeze({ EXIT: 0, ENTER_FRAME: 1, LEAVE_FRAME: 2, ENTER: 3 });
const PREVIEW_ENTRIES = 6;
const MAX_CHILDREN = 200;
const MAX_TEXT = 400;

// Contract code and the runtime libraries change built-in objects later on: keep the real ones.
const { stringify, parse } = JSON;
const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, apply } = Reflect;
const { fromCharCode } = String;
const { isArray } = Array;
const textOf = String;
const { is } = Object;
const Units = Uint16Array;
const AnyError = Error;

/**
 * Create the recorder of one sandbox.
 *
 * @param {object} services
 * @param {(operation: number, ...texts: (string|null)[]) => (string|null)} services.debug calls the host; free of gas.
 * @param {() => number} services.gasUsed gas used by the frame that is running.
 * @param {() => number} services.operations host operations answered so far; programs may follow each other.
 * @param {(work: () => any) => any} services.unmetered runs `work` with the gas counter out of action.
 */
export function createRecorder({ debug, gasUsed, operations, unmetered }) {
  const sites = new Int32Array(CHUNK_STEPS);
  const depths = new Int32Array(CHUNK_STEPS);
  const answered = new Int32Array(CHUNK_STEPS);
  const gas = new Float64Array(CHUNK_STEPS);
  const markSteps = new Int32Array(CHUNK_STEPS);
  const markKinds = new Int32Array(CHUNK_STEPS);
  const markAnswered = new Int32Array(CHUNK_STEPS);
  const markGas = new Float64Array(CHUNK_STEPS);
  let filled = 0;
  let marked = 0;
  let position = 0;
  let depth = 0;
  let gasBefore = 0;
  let stopAt = -1;
  let operationsBefore = 0;
  let scopes = [];

  const answeredNow = () => operations() - operationsBefore;

  function flush() {
    if (filled === 0 && marked === 0) return;
    debug(
      DebugOperation.STEPS,
      unitsOf(sites.buffer, filled * 4),
      unitsOf(depths.buffer, filled * 4),
      unitsOf(answered.buffer, filled * 4),
      unitsOf(gas.buffer, filled * 8),
      unitsOf(markSteps.buffer, marked * 4),
      unitsOf(markKinds.buffer, marked * 4),
      unitsOf(markAnswered.buffer, marked * 4),
      unitsOf(markGas.buffer, marked * 8),
    );
    filled = marked = 0;
  }

  function mark(kind, at, used) {
    if (marked === CHUNK_STEPS) flush();
    markSteps[marked] = filled;
    markKinds[marked] = kind + 4 * at;
    markAnswered[marked] = answeredNow();
    markGas[marked] = used;
    marked += 1;
  }

  function record(site) {
    if (filled === CHUNK_STEPS) flush();
    sites[filled] = site;
    depths[filled] = depth;
    answered[filled] = answeredNow();
    gas[filled] = gasBefore + gasUsed();
    filled += 1;
    position += 1;
  }

  function stop() {
    let answer = null;
    for (;;) {
      const command = parse(debug(DebugOperation.PAUSED, answer, textOf(position)));
      if (command.kind === 'run') {
        stopAt = command.position;
        return;
      }
      answer = unmetered(() => stringify(answerTo(command, scopes)));
    }
  }

  /** Frames of one run may be in several realms, each with a recorder: the host knows how far the run is. */
  function goOn(progress) {
    position = progress[0];
    operationsBefore = operations() - progress[1];
    stopAt = progress[2];
  }

  return {
    /** Forget the last run. */
    begin() {
      filled = marked = depth = gasBefore = 0;
      scopes = [];
      debug(DebugOperation.BEGIN);
    },

    /** Call it before the frame that runs calls another contract. */
    suspend() {
      flush();
      debug(DebugOperation.AWAY, textOf(depth), textOf(gasBefore + gasUsed()));
    },

    /** Call it when that call has returned. */
    resume() {
      goOn(parse(debug(DebugOperation.BACK)));
    },

    /**
     * Values of `recorderParameters` for a contract frame that is about to start, and what to do when it has ended.
     * Call it before the gas counter is reset for the frame.
     */
    enterFrame(contract, codeKey) {
      const base = +debug(DebugOperation.ENTER_CONTRACT, contract, codeKey);
      const outer = { depth, gasBefore };
      const { depth: callerDepth, gas: callerGas, progress } = parse(debug(DebugOperation.JOIN));
      goOn(progress);
      gasBefore = callerGas;
      depth = callerDepth + 1;
      mark(Mark.ENTER_FRAME, depth, gasBefore);
      const step = (id, scope) => {
        if (stopAt >= 0) {
          scopes.length = depth;
          scopes[depth] = scope;
          if (position === stopAt) stop();
        }
        record(base + id);
      };
      const enter = () => {
        depth += 1;
        mark(Mark.ENTER, depth, gasBefore + gasUsed());
      };
      const exit = () => {
        depth -= 1;
        mark(Mark.EXIT, depth + 1, gasBefore + gasUsed());
      };
      return {
        values: [step, enter, exit],
        leave() {
          mark(Mark.LEAVE_FRAME, callerDepth + 1, callerGas); // how much the frame used is told by its outcome
          flush();
          ({ depth, gasBefore } = outer);
        },
      };
    },
  };
}

function unitsOf(buffer, length) {
  const units = new Units(buffer, 0, length / 2);
  let text = '';
  for (let start = 0; start < units.length; start += 4096) {
    text += apply(fromCharCode, undefined, units.subarray(start, start + 4096));
  }
  return text;
}

/** Answer a question about the step at which the run stands; `frame` counts from the innermost active function. */
function answerTo(command, scopes) {
  const depths = [];
  for (let depth = scopes.length - 1; depth >= 0; depth -= 1) if (scopes[depth]) depths[depths.length] = depth;
  const scope = scopes[depths[command.frame]];
  if (!scope) return { error: 'there is no such frame at this step' };
  if (command.kind === 'variables') {
    const variables = [];
    for (let i = 0; i < command.names.length; i += 1) {
      const name = command.names[i];
      try {
        variables[variables.length] = describe(name, scope(name), true);
      } catch (error) {
        // A name in its temporal dead zone: it exists, but has no value yet.
        variables[variables.length] = leaf(name, 'uninitialized', 'not yet initialised');
      }
    }
    return { variables };
  }
  try {
    return { value: describe(command.expression, scope(command.expression), true) };
  } catch (error) {
    return { error: previewOf(error) };
  }
}

function leaf(name, kind, text) {
  return { name, kind, text: clipped(text), children: [] };
}

function clipped(text) {
  let out = text;
  if (text.length > MAX_TEXT) {
    out = '';
    for (let i = 0; i < MAX_TEXT; i += 1) out += text[i];
    out += '…';
  }
  return out;
}

/** One variable as the debugger shows it; getters are not run. */
function describe(name, value, deep) {
  const described = leaf(name, kindOf(value), previewOf(value));
  if (deep && isObject(value)) {
    const keys = ownKeys(value);
    for (let i = 0; i < keys.length && i < MAX_CHILDREN; i += 1) {
      const property = getOwnPropertyDescriptor(value, keys[i]);
      if (!property || (isArray(value) && keys[i] === 'length')) continue;
      const key = textOf(keys[i]);
      described.children[described.children.length] =
        'value' in property ? describe(key, property.value, false) : leaf(key, 'accessor', '(getter)');
    }
  }
  return described;
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function kindOf(value) {
  if (value === null) return 'null';
  if (!isObject(value)) return typeof value;
  if (isArray(value)) return 'array';
  if (typeof value === 'function') return 'function';
  const prototype = getPrototypeOf(value);
  const constructor = prototype && getOwnPropertyDescriptor(prototype, 'constructor');
  const named = constructor && (constructor.value || (constructor.get && apply(constructor.get, prototype, [])));
  const name = typeof named === 'function' && getOwnPropertyDescriptor(named, 'name');
  return (name && typeof name.value === 'string' && name.value) || 'object';
}

/** A value on one line. */
function previewOf(value, depth = 0) {
  if (typeof value === 'string') return stringify(clipped(value));
  if (typeof value === 'bigint') return `${textOf(value)}n`;
  if (!isObject(value)) return is(value, -0) ? '-0' : textOf(value);
  if (typeof value === 'function') {
    const name = getOwnPropertyDescriptor(value, 'name');
    return `function ${(name && typeof name.value === 'string' && name.value) || '(anonymous)'}`;
  }
  if (value instanceof AnyError) return `${textOf(value.name)}: ${textOf(value.message)}`;
  if (isNumberObject(value)) return textOf(value);
  if (depth > 1) return isArray(value) ? '[…]' : '{…}';
  const keys = ownKeys(value);
  let text = '';
  let shown = 0;
  for (let i = 0; i < keys.length; i += 1) {
    const property = getOwnPropertyDescriptor(value, keys[i]);
    if (!property || !property.enumerable) continue;
    if (shown === PREVIEW_ENTRIES) {
      text += ', …';
      break;
    }
    const shownValue = 'value' in property ? previewOf(property.value, depth + 1) : '(getter)';
    text += (shown ? ', ' : '') + (isArray(value) ? '' : `${textOf(keys[i])}: `) + shownValue;
    shown += 1;
  }
  return isArray(value) ? `[${text}]` : `{${text}}`;
}

/** BigNumber, Int64 and Float64 are shown as the number they stand for. */
function isNumberObject(value) {
  const number = getOwnPropertyDescriptor(value, 'number');
  const holder = number && isObject(number.value) ? number.value : value;
  return !!getOwnPropertyDescriptor(holder, 'c') && !!getOwnPropertyDescriptor(holder, 'e') && !!getOwnPropertyDescriptor(holder, 's');
}
