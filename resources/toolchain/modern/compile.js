/** Profile modern: charges inserted into the author's text, JavaScript's own semantics. */

import { deriveAbi } from '../common/abi.js';
import { writesIntrinsics } from '../common/intrinsics.js';
import { argumentsRenames, evalRenames, takenName } from '../common/names.js';
import { Probes } from '../common/probes.js';
import { CompileProblem } from '../common/problem.js';
import { analyse } from '../common/scopes.js';
import { lint } from '../lint/lint.js';
import { checkLanguage } from './language.js';
import { meter } from './metering.js';
import { parse } from './parser.js';

const STRICT = "'use strict';";

/**
 * @param {string} source
 * @returns {{metered: string, stepping: string, probes: Probes, lines: number[], openIntrinsics: boolean}}
 * @throws {CompileProblem}
 */
export function compile(source) {
  const text = source.toWellFormed();
  const tree = prepare(text);
  const analysis = analyse(tree, { strict: true });
  const renames = argumentsRenames(analysis, { wrappedArrows: false });
  const probes = new Probes(tree, analysis);
  const taken = takenName(analysis)?.text ?? '';
  const stepping = meter(text, tree, { probes, renames: [...renames, ...evalRenames(analysis)] });
  return {
    metered: `${STRICT}${taken}${meter(text, tree, { renames })}`,
    // The recorder needs a direct `eval`, which strict code may not have as a parameter: hence a function inside.
    stepping: `return (function(){${STRICT}${taken}${stepping}\nreturn module.exports;}).call(undefined);`,
    probes,
    lines: Array.from({ length: countLines(text) }, (_, i) => i + 1),
    openIntrinsics: writesIntrinsics(tree, analysis),
  };
}

/**
 * Go through all checks of the language without metering.
 *
 * @throws {CompileProblem}
 */
export function refuse(source) {
  prepare(source.toWellFormed());
}

/**
 * Lint and interface of a source that parses.
 *
 * @param {string} source
 * @param {{abi?: object[] | null, linted?: boolean}} options a given interface to compare with; whether to lint.
 * @returns {{findings: object[], abi: object[] | null}}
 * @throws {CompileProblem} it does not parse.
 */
export function inspect(source, { abi = null, linted = true } = {}) {
  const text = source.toWellFormed();
  const { tree, comments } = parse(text);
  const context = { profile: 'modern', comments, source: text, abi };
  return { findings: linted ? lint(tree, context) : [], abi: deriveAbi(tree, comments) };
}

function prepare(text) {
  const { tree } = parse(text);
  if (tree.body.length === 0) {
    throw new CompileProblem('the source contains no statement', { code: 'empty-source' });
  }
  checkLanguage(tree);
  return tree;
}

function countLines(text) {
  return (text.match(/\r\n|[\n\r\u2028\u2029]/g)?.length ?? 0) + 1;
}
