/**
 * Static prices of profile modern: those of profile iost, plus what iost charges for operators, templates and spread
 * when they run, so that the same program costs about the same in both.
 */

import { binaryOperatorPrice, priceOf as iostPriceOf, stringPrice } from '../common/prices.js';

const OPERATION = 3; // run time part of a binary operator (spec/gas.md §5.1)
const LOGICAL = 3;
const CALL = 4;
const HOLE = 9; // run time part of a template's hole: 8 and a concatenation (spec/gas.md §5.2)
const FIELD = 2;
const NATIVE_OPERATORS = new Set(['in', 'instanceof']);
const LOGICAL_ASSIGNMENTS = new Set(['&&=', '||=', '??=']);

/** @param {object} node an ESTree node. @returns {number} its price without its children. */
export function priceOf(node) {
  switch (node.type) {
    case 'BinaryExpression':
      return NATIVE_OPERATORS.has(node.operator) ? iostPriceOf(node) : operatorPrice(node.operator);
    case 'AssignmentExpression':
      return iostPriceOf(node) + assignmentPrice(node.operator);
    case 'TemplateLiteral':
      return CALL + HOLE * node.expressions.length + 1;
    case 'SpreadElement':
      return CALL;
    case 'PropertyDefinition':
      return FIELD;
    case 'Literal':
      return node.regex ? stringPrice(node.regex.pattern.length) : iostPriceOf(node);
    default:
      return iostPriceOf(node);
  }
}

function operatorPrice(operator) {
  return binaryOperatorPrice(operator) + OPERATION;
}

function assignmentPrice(operator) {
  if (operator === '=') return 0;
  return LOGICAL_ASSIGNMENTS.has(operator) ? LOGICAL : operatorPrice(operator.slice(0, -1));
}
