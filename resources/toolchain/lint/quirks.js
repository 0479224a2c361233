/** Rules about what profile iost does differently from JavaScript (spec/gas.md §11). */

import { isFunction, walk } from '../common/tree.js';
import { contains, head, isApiCall, nameOf } from './support.js';

const CONSOLE = new Set(['debug', 'info', 'log', 'warn', 'error']);

/** `==` compares like `===`. */
export function looseEquality({ tree, source, report }) {
  walk(tree, (node) => {
    if (node.type !== 'BinaryExpression' || (node.operator !== '==' && node.operator !== '!=')) return;
    const nullish = isNullish(node.left) || isNullish(node.right);
    report({
      severity: nullish ? 'warning' : 'hint',
      code: 'loose-equality',
      message: nullish
        ? `\`${node.operator}\` compares strictly in profile iost: null and undefined differ`
        : `\`${node.operator}\` compares strictly in profile iost, like \`${node.operator}=\``,
      loc: node.loc,
      fix: operatorFix(node, source),
    });
  });
}

function isNullish({ type, value, name }) {
  return (type === 'Literal' && value === null) || (type === 'Identifier' && name === 'undefined');
}

function operatorFix({ left, right, operator }, source) {
  const between = source.slice(left.range[1], right.range[0]);
  if (between.trim() !== operator) return null;
  return {
    loc: { start: left.loc.end, end: right.loc.start },
    text: between.replace(operator, `${operator}=`),
    title: `Write ${operator}=`,
  };
}

/** `a[i++] += 1` evaluates its target twice. */
export function compoundTargets({ tree, report }) {
  walk(tree, (node) => {
    if (node.type !== 'AssignmentExpression' || node.operator === '=') return;
    const acts = contains(node.left, ({ type }) => type === 'UpdateExpression' || type === 'CallExpression');
    if (!acts) return;
    report({
      severity: 'warning',
      code: 'target-twice',
      message: `the target of \`${node.operator}\` is evaluated twice in profile iost`,
      loc: node.left.loc,
    });
  });
}

/** Expression-bodied arrows become functions that have no `this` of their own. */
export function arrowBodies({ tree, source, report }) {
  walk(tree, (node) => {
    if (node.type !== 'ArrowFunctionExpression' || node.body.type === 'BlockStatement') return;
    const lost = firstLost(node.body);
    if (!lost) return;
    const body = source.slice(node.body.range[0], node.body.range[1]);
    const plain = source.slice(node.body.range[1], node.range[1]).trim() === '';
    report({
      severity: lost.type === 'Super' ? 'error' : 'warning',
      code: 'arrow-this',
      message: `\`${textOf(lost)}\` is lost in an arrow function without braces in profile iost; write braces`,
      loc: lost.loc,
      fix: plain && { loc: node.body.loc, text: `{ return ${body}; }`, title: 'Write with braces' },
    });
  });
}

function firstLost(body) {
  let found = null;
  walk(body, (node) => {
    if (found || (isFunction(node) && node.type !== 'ArrowFunctionExpression')) return false;
    const isArguments = node.type === 'Identifier' && node.name === 'arguments';
    if (node.type === 'ThisExpression' || node.type === 'Super' || node.type === 'MetaProperty' || isArguments) {
      found = node;
    }
    return true;
  });
  return found;
}

function textOf({ type, name }) {
  return { ThisExpression: 'this', Super: 'super', MetaProperty: 'new.target' }[type] ?? name;
}

const CHARGED_LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement']);

/** The charge in front of a labelled loop takes the label away. */
export function labelledLoops({ tree, report }) {
  walk(tree, (node) => {
    if (node.type !== 'LabeledStatement' || !CHARGED_LOOPS.has(node.body.type)) return;
    if (node.body.type === 'ForStatement' && !node.body.init) return;
    const { name } = node.label;
    const used = contains(
      node.body,
      ({ type, label }) => (type === 'BreakStatement' || type === 'ContinueStatement') && label?.name === name,
    );
    if (!used) return;
    report({
      severity: 'error',
      code: 'detached-label',
      message: `the label \`${name}\` is lost in profile iost and the contract cannot be loaded; use a \`while\` loop`,
      loc: node.label.loc,
    });
  });
}

/** `console.log` wants a text first. */
export function consoleTexts({ tree, report }) {
  walk(tree, (node) => {
    if (!isApiCall(node, 'console', CONSOLE)) return;
    const [first] = node.arguments;
    if (first && !isCertainlyNoText(first)) return;
    report({
      severity: 'warning',
      code: 'console-text',
      message: `\`console.${nameOf(node.callee)}\` fails in profile iost unless its first argument is a text`,
      loc: first?.loc ?? head(node.loc),
    });
  });
}

function isCertainlyNoText(node) {
  if (node.type === 'Literal') return typeof node.value !== 'string';
  if (node.type === 'CallExpression') return false;
  return ['ArrayExpression', 'ObjectExpression', 'NewExpression', 'ThisExpression'].includes(node.type);
}

/** A directive has no effect: a charge is put in front of it. */
export function directives({ tree, report }) {
  walk(tree, (node) => {
    if (node.directive === undefined || node.expression.value !== 'use strict') return;
    report({
      severity: 'hint',
      code: 'no-directive',
      message: "'use strict' has no effect at run time in profile iost; code in classes is strict anyway",
      loc: node.loc,
    });
  });
}

/** Fields of the contract object are gone after the call. */
export function lostState({ tree, report }) {
  walk(tree, (node) => {
    if (node.type !== 'MethodDefinition' || nameOf(node) !== 'init' || node.kind !== 'method') return;
    walk(node.value, (inner) => {
      if (inner.type !== 'AssignmentExpression' || inner.left.object?.type !== 'ThisExpression') return;
      report({
        severity: 'warning',
        code: 'lost-state',
        message: `\`this.${nameOf(inner.left)}\` is gone when \`init\` has ended; keep it with storage.put`,
        loc: inner.left.loc,
      });
    });
  });
}
