/**
 * Takes white space and comments out of a script, but no line: errors, steps and gas are told by line. The comments that
 * name the packed modules stay, the compiler tells libraries from the author's code by them.
 */
import { createHash } from 'node:crypto';
import { parse } from 'acorn';

const MODULE_COMMENT = /^ \S.*\.(?:[cm]?[jt]sx?|json)$/;
const MODULE_LINE = /^\/\/ \S.*\.(?:[cm]?[jt]sx?|json)$/gm;
const WORD = /[\w$\\#@]|[^\x00-\x7f]/;

/** Results by the hash of a text, the one used last at the end: after a change most modules are what they were. */
const kept = new Map();
const MOST_KEPT = 8 << 20; // characters
let keptSize = 0;

/**
 * @param {string} code a script.
 * @returns {{code: string, columns: number[][]}} it made smaller; per line where each piece of it was and is, in turn.
 */
export function compact(code) {
  try {
    const parts = modulesOf(code).map(partOf);
    return { code: parts.map((part) => part.code).join(''), columns: parts.flatMap((part) => part.columns) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { code: text, columns } = joined(code, piecesOf(code)); // what looks like a module's name is in a text
    return { code: text, columns };
  }
}

/** A script cut before the comments that name the modules. */
function modulesOf(code) {
  const parts = [];
  let from = 0;
  for (const { index } of code.matchAll(MODULE_LINE)) {
    if (index > from) parts.push(code.slice(from, index));
    from = index;
  }
  return [...parts, code.slice(from)];
}

function partOf(code) {
  const key = createHash('sha256').update(code).digest('base64');
  let part = kept.get(key);
  if (part) {
    kept.delete(key);
  } else {
    part = joined(code, piecesOf(code));
    if (code.endsWith('\n')) part.columns.pop(); // the last line is the next one's first
    keptSize += part.code.length;
  }
  kept.set(key, part);
  for (const [oldest, { code: text }] of kept) {
    if (keptSize <= MOST_KEPT) break;
    kept.delete(oldest);
    keptSize -= text.length;
  }
  return part;
}

/** How small a script can become at best. */
export function leastSize(code) {
  let count = 0;
  for (let i = 0; i < code.length; i += 1) if (code.charCodeAt(i) > 32) count += 1;
  return count;
}

/** Tokens, template chunks and module comments in order, as ranges of the text. */
function piecesOf(code) {
  const pieces = [];
  parse(code, {
    ecmaVersion: 'latest',
    allowReturnOutsideFunction: true,
    onToken: ({ start, end, type }) => {
      if (start < end) pieces.push({ start, end, label: type.label });
    },
    onComment: (block, text, start, end) => {
      if (!block && MODULE_COMMENT.test(text)) pieces.push({ start, end, label: 'comment' });
    },
  });
  return pieces.sort((one, other) => one.start - other.start);
}

/** The pieces with as little as possible between them. */
function joined(code, pieces) {
  let text = '';
  let column = 0;
  let oldLineStart = 0;
  let previous = null;
  let line = [];
  const columns = [line];
  for (const piece of pieces) {
    const gapStart = previous ? previous.end : 0;
    const breaks = newLines(code, gapStart, piece.start);
    if (breaks.count > 0) {
      text += '\n'.repeat(breaks.count);
      for (let i = 0; i < breaks.count; i += 1) columns.push((line = []));
      column = 0;
      oldLineStart = breaks.last;
    } else if (previous && needsSpace(code, previous, piece)) {
      text += ' ';
      column += 1;
    }
    line.push(piece.start - oldLineStart, column);
    const content = code.slice(piece.start, piece.end);
    text += content;
    column += content.length;
    const inside = newLines(code, piece.start, piece.end);
    if (inside.count > 0) {
      for (let i = 0; i < inside.count; i += 1) columns.push((line = [0, 0]));
      oldLineStart = inside.last;
      column = piece.end - oldLineStart;
    }
    previous = piece;
  }
  const rest = newLines(code, previous ? previous.end : 0, code.length);
  for (let i = 0; i < rest.count; i += 1) columns.push([]);
  return { code: text + '\n'.repeat(rest.count), columns };
}

function newLines(code, start, end) {
  let count = 0;
  let last = 0;
  for (let at = code.indexOf('\n', start); at !== -1 && at < end; at = code.indexOf('\n', at + 1)) {
    count += 1;
    last = at + 1;
  }
  return { count, last };
}

function needsSpace(code, previous, piece) {
  const before = code[previous.end - 1];
  const after = code[piece.start];
  if (previous.end === piece.start) return false;
  if (WORD.test(before) && WORD.test(after)) return true;
  if ((before === '+' || before === '-') && after === before) return true;
  if (before === '/' && (after === '/' || after === '*')) return true;
  if (after === '.' && /[0-9]/.test(before)) return true; // `1 .toString()`
  if (previous.label === 'regexp' && WORD.test(after)) return true;
  return before === '<' && after === '!'; // would begin a comment of the web's old days
}
