/** Static prices of syntax nodes (spec/gas.md §3.1). */

/** Prices that depend on nothing but the node's type. */
const FIXED = new Map([
  ['ArrowFunctionExpression', 3],
  ['AssignmentExpression', 3],
  ['CallExpression', 4],
  ['ClassDeclaration', 150],
  ['ConditionalExpression', 3],
  ['FunctionDeclaration', 3],
  ['FunctionExpression', 1],
  ['LogicalExpression', 3],
  ['MemberExpression', 4],
  ['MetaProperty', 4],
  ['MethodDefinition', 2],
  ['NewExpression', 8],
  ['TaggedTemplateExpression', 4],
  ['ThrowStatement', 50],
  ['UnaryExpression', 3],
  ['UpdateExpression', 3],
  ['VariableDeclarator', 3],
  ['YieldExpression', 8],
]);

const EMPTY_COLLECTION = 0.1;
const COLLECTION = 2;
const STRING = 2;
const UNIT = 0.1;

/** Prices of one round of a loop, and of one evaluation of a `while` or `do` test. */
export const ROUND = Object.freeze({
  ForStatement: 1,
  ForInStatement: 4,
  ForOfStatement: 2,
  WhileStatement: 1,
  DoWhileStatement: 1,
});
export const WHILE_TEST = 1;

/** Static part of a binary operator that becomes a helper call: the call and the operator as a string literal. */
export function binaryOperatorPrice(operator) {
  return FIXED.get('CallExpression') + stringPrice(operator.length);
}

/** The price of a string literal of `length` UTF-16 units. */
export function stringPrice(length) {
  return STRING + UNIT * length;
}

/**
 * The price of one node without its children; 0 for everything that is free.
 *
 * @param {{type: string}} node an ESTree node.
 */
export function priceOf(node) {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? stringPrice(node.value.length) : 0;
    case 'ObjectExpression':
      return collectionPrice(node.properties.length);
    case 'ArrayExpression':
      return collectionPrice(node.elements.length);
    case 'BinaryExpression':
      // Only `in` and `instanceof` stay operators in profile iost; the rest is rewritten before pricing.
      return 3;
    default:
      return FIXED.get(node.type) ?? 0;
  }
}

function collectionPrice(members) {
  return members === 0 ? EMPTY_COLLECTION : COLLECTION + UNIT * members;
}
