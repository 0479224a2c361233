/** Profile modern: charges inserted into the author's text, JavaScript's own semantics. */

import { deriveAbi } from '../common/abi.js';
import { writesIntrinsics } from '../common/intrinsics.js';
import { Probes } from '../common/probes.js';
import { CompileProblem } from '../common/problem.js';
import { evalRenames } from '../common/renames.js';
import { analyse } from '../common/scopes.js';
import { lint } from '../lint/lint.js';
import { checkLanguage } from './language.js';
import { libraryLines } from './libraries.js';
import { meter } from './metering.js';
import { parse } from './parser.js';
import { disableUnsupported } from './unsupported.js';

/**
 * Around the author's text stands a function of its own: its names may hide those of the runtime, it is strict, and
 * the recorder's `eval` can be a parameter outside.
 */
const BEGINNING = "return (function(){'use strict';";
const END = '\nreturn module.exports;}).call(undefined);';

/**
 * Read a source.
 *
 * @param {string} source
 * @throws {CompileProblem} it does not parse.
 */
export function read(source) {
  const text = source.toWellFormed();
  const { tree, comments } = parse(text);
  return { text, tree, comments, isLibrary: libraryLines(text), analysis: analyse(tree, { strict: true }) };
}

/**
 * @param {object} parts what `read` returned.
 * @returns {{metered: string, running: string, stepping: string, probes: Probes, lines: number[], openIntrinsics: boolean}}
 * @throws {CompileProblem}
 */
export function compile(parts) {
  refuse(parts);
  const { text, tree, analysis } = parts;
  const probes = new Probes(tree, analysis);
  const { replacements, failing } = disableUnsupported(text, tree);
  const evals = evalRenames(analysis);
  const stepping = meter(text, tree, { probes, renames: [...replacements, ...evals.renames], failing });
  return {
    metered: BEGINNING + meter(text, tree, { renames: replacements, failing }) + END,
    running: '', // `metered` is run itself
    stepping: BEGINNING + evals.prefix + stepping + END,
    probes,
    lines: lineNumbers(text),
    openIntrinsics: writesIntrinsics(tree, analysis),
  };
}

/**
 * Go through all checks of the language without metering.
 *
 * @throws {CompileProblem}
 */
export function refuse({ tree, isLibrary }) {
  if (tree.body.length === 0) {
    throw new CompileProblem('the source contains no statement', { code: 'empty-source' });
  }
  checkLanguage(tree, isLibrary);
}

/**
 * Lint and interface of a source that parses.
 *
 * @param {object} parts what `read` returned.
 * @param {{abi?: object[] | null, linted?: boolean}} options a given interface to compare with; whether to lint.
 * @returns {{findings: object[], abi: object[] | null}}
 */
export function inspect({ text, tree, comments, isLibrary, analysis }, { abi = null, linted = true } = {}) {
  const context = { profile: 'modern', comments, source: text, abi, isLibrary };
  return { findings: linted ? lint(tree, analysis, context) : [], abi: deriveAbi(tree, comments) };
}

/** No line moves; one is added at the end. */
function lineNumbers(text) {
  const count = (text.match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0) + 1;
  return Array.from({ length: count + 1 }, (_, i) => Math.min(i + 1, count));
}
