import { Node, Parser } from 'acorn';

import { lineOf, lineStarts } from '../common/lines.js';
import { CompileProblem } from '../common/problem.js';
import { checkDepth } from '../common/tree.js';

const MAX_SCOPES = 2_000;

/** A node that tells its lines and columns when it is asked for them, which few nodes are. */
class PlacedNode extends Node {
  #starts;

  /** @param {object} parser @param {number} position @param {number[]} starts where each line begins. */
  constructor(parser, position, starts) {
    super(parser, position);
    this.#starts = starts;
  }

  get loc() {
    return { start: this.#place(this.start), end: this.#place(this.end) };
  }

  #place(position) {
    const line = lineOf(this.#starts, position);
    return { line: line + 1, column: position - this.#starts[line] };
  }
}

/** Contracts of profile modern are strict from their first character on. */
class StrictParser extends Parser {
  constructor(...parameters) {
    super(...parameters);
    this.strict = true;
    this.lineStarts = lineStarts(this.input);
  }

  startNode() {
    return new PlacedNode(this, this.start, this.lineStarts);
  }

  startNodeAt(position) {
    return new PlacedNode(this, position, this.lineStarts);
  }

  copyNode(node) {
    return Object.assign(this.startNodeAt(node.start), node);
  }

  /** The parser looks through all open scopes over and over. */
  enterScope(flags) {
    if (this.scopeStack.length > MAX_SCOPES) throw new RangeError('nested too deeply');
    super.enterScope(flags);
  }
}

/**
 * Parse a script of today's ECMAScript.
 *
 * @param {string} source
 * @returns {{tree: object, comments: {value: string, range: [number, number]}[]}}
 * @throws {CompileProblem}
 */
export function parse(source) {
  const comments = [];
  try {
    const tree = StrictParser.parse(source, {
      ecmaVersion: 'latest',
      sourceType: 'script',
      ranges: true,
      allowHashBang: false,
      onComment: (block, value, start, end) => comments.push({ value, range: [start, end] }),
    });
    checkDepth(tree);
    return { tree, comments };
  } catch (error) {
    if (!(error instanceof SyntaxError) || !error.loc) throw error;
    const { line, column } = error.loc;
    const text = named(error.message.replace(/ \(\d+:\d+\)$/, ''), source, error.pos);
    throw new CompileProblem(`Line ${line}: ${text}`, {
      code: 'syntax',
      loc: { start: { line, column }, end: { line, column: column + 1 } },
      explanation: explanationOf(text),
    });
  }
}

/** The parser does not say which token it did not expect. */
function named(text, source, position) {
  if (text !== 'Unexpected token') return text;
  const [token] = /^(?:[\w$]+|[^]?)/u.exec(source.slice(position, position + 40));
  return token === '' ? 'Unexpected end of input' : `Unexpected token ${token}`;
}

function explanationOf(text) {
  if (!text.startsWith("'import' and 'export'")) return '';
  return 'ES modules are packed before they are compiled: open the folder as a project with a package.json';
}
