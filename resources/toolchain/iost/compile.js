/** Profile iost: from source to metered text, as the reference's compile step does it (spec/gas.md §2). */

import * as escodegen from 'escodegen';

import { CompileProblem } from '../common/problem.js';
import { meter } from './metering.js';
import { escapedSource, parse } from './parser.js';
import { align, checkNames, checkTokens, rewrite } from './rewrite.js';

/**
 * @param {string} source
 * @returns {{metered: string, regenerated: string, tree: object}}
 * @throws {CompileProblem}
 */
export function compile(source) {
  const original = parse(escapedSource(source), { loc: true, tokens: true });
  checkTokens(original.tokens);
  delete original.tokens;
  checkNames(original);
  rewrite(original);
  const regenerated = escodegen.generate(original);
  if (regenerated === '') {
    throw new CompileProblem('', { code: 'empty-source', explanation: 'the source contains no statement' });
  }
  const tree = parse(regenerated, { range: true });
  align(original, tree);
  return { metered: meter(regenerated, tree), regenerated, tree };
}
