import * as esprima from 'esprima';

import { CompileProblem } from '../common/problem.js';
import { checkDepth } from '../common/tree.js';

/**
 * Parse with the reference's parser (spec/gas.md §2 step 2).
 *
 * @param {string} text
 * @param {object} options esprima's options.
 * @returns {object} the tree.
 * @throws {CompileProblem} with esprima's own text, `Line N: ...`.
 */
export function parse(text, options) {
  try {
    const tree = esprima.parseScript(text, options);
    checkDepth(tree);
    return tree;
  } catch (error) {
    if (error instanceof TypeError) throw stumbled(error, text);
    if (!(error instanceof Error) || typeof error.lineNumber !== 'number') throw error;
    const column = Math.max(0, error.column - 1);
    const at = { line: error.lineNumber, column };
    throw new CompileProblem(error.message, {
      code: 'syntax',
      loc: { start: at, end: { line: at.line, column: column + 1 } },
    });
  }
}

/** A text that ends in the middle of an escape makes the parser itself fail, here as in the reference. */
function stumbled({ message }, text) {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const at = { line: lines.length, column: lines.at(-1).length };
  return new CompileProblem(message, {
    code: 'syntax',
    loc: { start: at, end: at },
    explanation: 'the text ends in the middle of an escape',
    errorClass: 'TypeError',
  });
}

/** The source as the reference's parser gets it: a raw NUL arrives as four characters (spec/gas.md §2 step 1). */
export function escapedSource(source) {
  return source.toWellFormed().replaceAll('\0', '\\x00');
}
