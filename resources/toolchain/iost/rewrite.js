/** Token check, pattern check and rewriting of operators, templates and spread (spec/gas.md §2 steps 3-5). */

import { COUNTER } from '../common/charge.js';
import { CompileProblem } from '../common/problem.js';
import { childrenOf, isNode, walk } from '../common/tree.js';

/** The function that a binary operator becomes a call of. */
export const BINARY = '_IOSTBinaryOp';
const TEMPLATE = '_IOSTTemplateTag';
const SPREAD = '_IOSTSpreadElement';
/** The functions that rewritten code calls. */
export const HELPERS = Object.freeze([BINARY, TEMPLATE, SPREAD]);
const MACHINERY = new Set([COUNTER, ...HELPERS, 'IOSTInstruction']);

const NOT_REWRITTEN = new Set(['in', 'instanceof']);

const MACHINERY_TEXT = 'use of _IOSTInstruction_counter or _IOSTBinaryOp keyword is not allowed';

/**
 * Refuse what the reference refuses by looking at tokens, in source order.
 *
 * @param {object[]} tokens esprima's tokens with `loc`.
 */
export function checkTokens(tokens) {
  for (const { type, value, loc } of tokens) {
    if (type === 'Identifier' && MACHINERY.has(value)) {
      throw new CompileProblem(MACHINERY_TEXT, { code: 'reserved-name', loc });
    }
    if (type === 'RegularExpression') {
      throw new CompileProblem('use of RegularExpression is not allowed.undefined', { code: 'no-regexp', loc });
    }
    if (type === 'Keyword' && (value === 'try' || value === 'catch')) {
      throw new CompileProblem('use of try catch is not supported', { code: 'no-try', loc });
    }
    if (type === 'Identifier' && (value === 'async' || value === 'await')) {
      throw new CompileProblem('use of async or await is not supported', { code: 'no-async', loc });
    }
  }
}

/**
 * Refuse the machinery's names also where they hide behind unicode escapes. The reference overlooks those, which
 * would put its counter into the contract's hands.
 */
export function checkNames(tree) {
  walk(tree, (node) => {
    if (node.type === 'Identifier' && MACHINERY.has(node.name)) {
      throw new CompileProblem(MACHINERY_TEXT, { code: 'reserved-name', loc: node.loc });
    }
  });
}

/** Rewrite a tree in place; the tree may share nodes afterwards. */
export function rewrite(tree) {
  visit(tree);
}

/** Refuse `(a, )` without an arrow behind it: the reference's parser lets it pass, and its generator trips over it. */
export function checkArrows(tree) {
  walk(tree, (node) => {
    if (node.type === 'ArrowParameterPlaceHolder') {
      throw new CompileProblem('this[type] is not a function', {
        code: 'syntax',
        loc: node.loc,
        explanation: 'a comma stands before the closing parenthesis',
        errorClass: 'TypeError',
      });
    }
  });
}

function visit(node) {
  if (node.type === 'ArrayPattern' || node.type === 'ObjectPattern') {
    const text = `use of ArrayPattern or ObjectPattern is not allowed.${JSON.stringify(node, withoutRange)}`;
    throw new CompileProblem(text, { code: 'no-pattern', loc: node.loc });
  }
  if (node.type === 'AssignmentExpression' && node.operator !== '=') {
    // Both copies of the target are one node, so it is rewritten once for each of them.
    node.right = call(BINARY, [node.left, node.right, operatorText(node.operator.slice(0, -1))], node.loc);
    node.operator = '=';
  }
  if (node.type === 'TaggedTemplateExpression') {
    // A template is left alone both as what is tagged and as the tag.
    for (const part of [node.tag, node.quasi]) {
      if (part.type === 'TemplateLiteral') part.expressions.forEach(visit);
      else visit(part);
    }
    return;
  }
  if (node.type === 'BinaryExpression' && !NOT_REWRITTEN.has(node.operator)) {
    const { left, right, operator, loc } = node;
    become(node, call(BINARY, [left, right, operatorText(operator)], loc));
  } else if (node.type === 'TemplateLiteral') {
    const quasi = { ...node };
    const tag = { type: 'Identifier', name: TEMPLATE };
    become(node, { type: 'TaggedTemplateExpression', tag, quasi, loc: node.loc });
    quasi.expressions.forEach(visit);
    return;
  } else if (node.type === 'SpreadElement') {
    node.argument = call(SPREAD, [node.argument], node.loc);
  }
  for (const child of childrenOf(node)) visit(child);
}

/** The reference's parser does not record ranges. */
function withoutRange(key, value) {
  return key === 'range' ? undefined : value;
}

/** Turn a node into another one, wherever it is referred to. */
function become(node, other) {
  for (const key of Object.keys(node)) delete node[key];
  Object.assign(node, other);
}

function call(name, operands, loc) {
  return { type: 'CallExpression', callee: { type: 'Identifier', name }, arguments: operands, loc };
}

function operatorText(operator) {
  return { type: 'Literal', value: operator, raw: `'${operator}'` };
}

/**
 * Give nodes of the regenerated tree the place in the source that they came from, as `origin`.
 *
 * Both trees have the same shape; where they differ all the same, a node gets the place of the nearest
 * enclosing node that has one.
 */
export function align(rewritten, regenerated) {
  const pending = [[rewritten, regenerated, rewritten.loc]];
  while (pending.length > 0) {
    const [from, to, inherited] = pending.pop();
    const matches = from !== null && from.type === to.type;
    const place = (matches && from.loc) || inherited;
    to.origin = place;
    for (const key of Object.keys(to)) {
      if (key === 'origin') continue;
      const value = to[key];
      const other = matches ? from[key] : null;
      if (Array.isArray(value)) {
        value.forEach((element, i) => {
          if (isNode(element)) pending.push([(Array.isArray(other) && other[i]) || null, element, place]);
        });
      } else if (isNode(value)) {
        pending.push([isNode(other) ? other : null, value, place]);
      }
    }
  }
}
