/** Profile iost: from source to metered text, as the reference's compile step does it (spec/gas.md §2). */

import * as escodegen from 'escodegen';

import { deriveAbi } from '../common/abi.js';
import { mayChangeIntrinsics } from '../common/intrinsics.js';
import { lineMap } from '../common/lines.js';
import { Probes } from '../common/probes.js';
import { CompileProblem } from '../common/problem.js';
import { evalRenames } from '../common/renames.js';
import { analyse } from '../common/scopes.js';
import { walk } from '../common/tree.js';
import { lint } from '../lint/lint.js';
import { hideFromWith } from './hiding.js';
import { meterMerged } from './merging.js';
import { meter } from './metering.js';
import { argumentsRenames, constantRenames, ownNames, takenName } from './names.js';
import { escapedSource, parse } from './parser.js';
import { align, checkArrows, checkNames, checkTokens, rewrite } from './rewrite.js';

/**
 * Read a source.
 *
 * @param {string} source
 * @throws {CompileProblem} it does not parse.
 */
export function read(source) {
  const text = escapedSource(source);
  const { comments, tokens, ...tree } = parse(text, { loc: true, range: true, comment: true, tokens: true });
  return { text, tree, comments, tokens };
}

/**
 * @param {object} parts what `read` returned; the tree is of no more use afterwards.
 * @returns {{metered: string, running: string, stepping: string, probes: Probes, lines: number[], openIntrinsics: boolean}}
 *   `metered` is the reference's own text, which counts for the size of a contract; `running` does the same faster.
 * @throws {CompileProblem}
 */
export function compile(parts) {
  const { regenerated, tree } = prepare(parts);
  const analysis = analyse(tree);
  const constants = constantRenames(analysis);
  const { hidden, ...hiding } = hideFromWith(tree);
  const renames = [
    ...argumentsRenames(analysis),
    ...constants.renames,
    ...hiding.renames,
  ];
  const own = ownNames(analysis);
  const beginning = (takenName(analysis)?.text ?? '') + constants.prefix + hiding.prefix + own;
  const evals = evalRenames(analysis);
  const probes = new Probes(tree, analysis);
  // In `with`, even the name of a number's variable may be something else: there every step is taken as it stands.
  const running = hiding.renames.length + hiding.prefix.length > 0
    ? meter(regenerated, tree, { renames, hidden })
    : meterMerged(regenerated, tree, analysis, renames);
  return {
    metered: meter(regenerated, tree),
    running: beginning + running,
    stepping:
      beginning + evals.prefix + meter(regenerated, tree, { probes, renames: [...renames, ...evals.renames], hidden }),
    probes,
    lines: lineMap(regenerated, tree),
    openIntrinsics: own !== '' || mayChangeIntrinsics(tree, analysis),
  };
}

/**
 * Go through all checks of the language without metering.
 *
 * @param {object} parts what `read` returned; the tree is of no more use afterwards.
 * @throws {CompileProblem}
 */
export function refuse(parts) {
  prepare(parts);
}

/**
 * Lint and interface of a source that parses.
 *
 * @param {object} parts what `read` returned.
 * @param {{abi?: object[] | null, linted?: boolean}} options a given interface to compare with; whether to lint.
 * @returns {{findings: object[], abi: object[] | null}}
 */
export function inspect({ text, tree, comments }, { abi = null, linted = true } = {}) {
  const context = { profile: 'iost', comments, source: text, abi };
  return { findings: linted ? lint(tree, analyse(tree), context) : [], abi: deriveAbi(tree, comments) };
}

function prepare({ tree, tokens }) {
  const original = { ...tree }; // what is known of the tree does not hold for the rewritten one
  checkTokens(tokens);
  checkNames(original);
  rewrite(original);
  checkArrows(original);
  const regenerated = escodegen.generate(original);
  if (regenerated === '') {
    throw new CompileProblem('', { code: 'empty-source', explanation: 'the source contains no statement' });
  }
  const again = parseAgain(regenerated, original);
  align(original, again);
  return { regenerated, tree: again };
}

/** Parse what was written out: parentheses that the generator loses make it fail (spec/gas.md §2 steps 6 and 7). */
function parseAgain(regenerated, original) {
  try {
    return parse(regenerated, { range: true });
  } catch (error) {
    if (!(error instanceof CompileProblem)) throw error;
    throw new CompileProblem(error.message, {
      code: 'lost-parentheses',
      loc: lostParentheses(original),
      explanation:
        'The chain writes a contract out again before it runs it and loses the parentheses here; ' +
        'put the expression into a variable first. The line in the error is one of the rewritten text.',
    });
  }
}

const LOOSE = new Set(['ArrowFunctionExpression', 'AssignmentExpression', 'ConditionalExpression', 'YieldExpression']);

function lostParentheses(tree) {
  let found;
  walk(tree, (node) => {
    const isKey = (node.type === 'Property' || node.type === 'MethodDefinition') && node.computed;
    let suspect = null;
    if (node.type === 'ForOfStatement') suspect = node.right;
    else if (isKey) suspect = node.key;
    else if (node.superClass) suspect = node.superClass;
    if (suspect?.type === 'SequenceExpression' || LOOSE.has(suspect?.type)) found ??= suspect.loc;
    return found === undefined;
  });
  return found;
}
