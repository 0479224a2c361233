/** Rules about amounts and what is put into storage. */

import { walk } from '../common/tree.js';
import { isApiCall, nameOf } from './support.js';

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**']);
const AMOUNT = /(?:amount|balance|price|fee|reward|stake|payout|supply|jackpot|quantity)/i;
const PUTTING = new Map([
  ['put', 1],
  ['mapPut', 2],
]);
const NUMBER_RESULTS = new Set(['-', '*', '/', '%', '**', '&', '|', '^', '<<', '>>', '>>>']);

/** Amounts are decimals; binary fractions lose digits, and texts are joined instead of added. */
export function floatAmounts({ tree, report }) {
  walk(tree, (node) => {
    let operands = [];
    if (node.type === 'BinaryExpression' && ARITHMETIC.has(node.operator)) operands = [node.left, node.right];
    else if (node.type === 'AssignmentExpression' && ARITHMETIC.has(node.operator.slice(0, -1))) {
      operands = [node.left, node.right];
    }
    if (operands.length === 0 || operands.some(isText) || !operands.some(isAmount)) return;
    report({
      severity: 'warning',
      code: 'float-amount',
      message: 'arithmetic on an amount with JavaScript numbers loses digits; use Int64, Float64 or BigNumber',
      loc: node.loc,
    });
  });
}

function isAmount(node) {
  if (node.type === 'Identifier') return AMOUNT.test(node.name);
  return node.type === 'MemberExpression' && !node.computed && AMOUNT.test(nameOf(node));
}

function isText(node) {
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'BinaryExpression' && node.operator === '+') return isText(node.left) || isText(node.right);
  return node.type === 'Literal' && typeof node.value === 'string';
}

/** Values must be texts. */
export function storedTexts({ tree, source, report }) {
  walk(tree, (node) => {
    for (const [member, index] of PUTTING) {
      const value = isApiCall(node, 'storage', member) ? node.arguments[index] : null;
      if (!value || !isNoText(value)) continue;
      report({
        severity: 'error',
        code: 'storage-type',
        message: `\`storage.${member}\` stores texts only; use String(value) or JSON.stringify(value)`,
        loc: value.loc,
        fix: wrapped(value, source),
      });
    }
  });
}

function wrapped(value, source) {
  const name = value.type === 'ArrayExpression' || value.type === 'ObjectExpression' ? 'JSON.stringify' : 'String';
  const text = source.slice(value.range[0], value.range[1]);
  return { loc: value.loc, text: `${name}(${text})`, title: `Wrap in ${name}()` };
}

function isNoText(node) {
  switch (node.type) {
    case 'Literal':
      return typeof node.value !== 'string';
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'UpdateExpression':
      return true;
    case 'BinaryExpression':
      return NUMBER_RESULTS.has(node.operator) || /^(?:[<>]=?|[!=]==?)$/.test(node.operator);
    case 'UnaryExpression':
      return node.operator !== 'typeof';
    default:
      return false;
  }
}
