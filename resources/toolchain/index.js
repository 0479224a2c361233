/**
 * The compile sandbox's entrance: functions that take and return JSON text.
 *
 * An answer is `{"value": …}`, or `{"refused": reason}` for text that the tools cannot digest (too deep, too large).
 * `engine/compiler/answers.py` describes the values.
 */

import { occurrences } from './common/occurrences.js';
import { CompileProblem } from './common/problem.js';
import * as iost from './iost/compile.js';
import { validate } from './iost/validate.js';
import * as modern from './modern/compile.js';

const PROFILES = { iost, modern };

const FUNCTIONS = {
  /** @param {{source: string, profile: string, linted: boolean}} request */
  compile({ source, profile, linted }) {
    const { read, inspect, compile } = PROFILES[profile];
    return reading(read, source, (parts) => ({
      ...inspect(parts, { linted }),
      ...attempt(() => ({ compiled: compiledJson(compile(parts)) })),
    }));
  },

  /** @param {{source: string, profile: string, abi: object[] | null}} request */
  check({ source, profile, abi }) {
    const { read, inspect, refuse } = PROFILES[profile];
    return reading(read, source, (parts) => ({ ...inspect(parts, { abi }), ...attempt(() => refuse(parts)) }));
  },

  /** @param {{source: string, line: number, column: number}} request */
  occurrences({ source, line, column }) {
    return attempt(() => ({ found: occurrences(source, line, column) }));
  },

  /** @param {{source: string, abi: object[] | null}} request */
  validate({ source, abi }) {
    return { error: validate(source, abi) };
  },
};

globalThis.strataToolchain = (name, payload) => {
  try {
    return JSON.stringify({ value: FUNCTIONS[name](JSON.parse(payload)) });
  } catch (error) {
    // Deep nesting exhausts the stack, huge texts the length of a string; both are RangeErrors of the engine.
    if (error instanceof RangeError) return JSON.stringify({ refused: reasonOf(error) });
    throw error;
  }
};

function reasonOf({ message }) {
  const deep = message.includes('call stack') || message.includes('nested');
  if (deep) return 'the source is nested too deeply to be compiled';
  return `the source is too large to be compiled (${message})`;
}

/** Use what can be read; if nothing can, there are no findings. */
function reading(read, source, use) {
  return { findings: [], ...attempt(() => use(read(source))) };
}

/** Do it; a problem of the source becomes a value. */
function attempt(work) {
  try {
    return work();
  } catch (error) {
    if (error instanceof CompileProblem) return { problem: problemJson(error) };
    throw error;
  }
}

function compiledJson({ metered, running, stepping, probes, lines, openIntrinsics }) {
  return { metered, running, stepping, sites: probes.sites, scopes: probes.scopes, lines, openIntrinsics };
}

function problemJson({ message, code, loc, explanation, errorClass }) {
  return {
    errorClass,
    text: message,
    code,
    explanation,
    line: loc.start.line,
    column: loc.start.column,
    endLine: loc.end.line,
    endColumn: loc.end.column,
  };
}
