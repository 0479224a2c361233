/**
 * Binary operators of the running text: plain ones where the operands are numbers, the reference's steps where not.
 *
 * An operation is taken together with the arithmetic among its operands, as far as all operands can be had before the
 * first operator works. Operands that are not just names or literals are put into variables, in their order.
 */

import { priceOf } from '../common/prices.js';
import { payment, settled } from './blocks.js';
import { BINARY } from './rewrite.js';

const OPERATION = 3; // run time price of an operator (spec/gas.md §5.1)
const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '**', '|', '&', '^', '>>', '>>>', '<<']);
const EQUALITY = new Map([
  ['==', '==='],
  ['===', '==='],
  ['!=', '!=='],
  ['!==', '!=='],
]);

/** @returns {boolean} whether a call is a rewritten operator. */
export function isOperation(node) {
  return node.callee.type === 'Identifier' && node.callee.name === BINARY;
}

/**
 * Walk through an operation and write it anew; its price has been added already.
 *
 * @param {import('./merging.js').MergingMeter} meter
 * @param {object} node a rewritten operator.
 * @param {import('../common/charge.js').ChargePoint} point
 */
export function inlineOperation(meter, node, point) {
  const operation = operationOf(meter, node);
  const writing = new Writing(meter, operation);
  writing.operands(point);
  if (operation.kind === 'concatenation') writing.concatenation();
  else if (operation.kind === 'text comparison') writing.textComparison();
  else writing.arithmetic();
  meter.temporaries.release(writing.taken);
}

/**
 * What an operation consists of. Kinds of operands: `number`, `text` and `constant` literals, `name`, `value` (anything
 * else), and `arithmetic` operations that are taken along.
 */
function operationOf(meter, node) {
  const [left, right, { value: operator }] = node.arguments;
  const operands = [operandOf(meter, left), operandOf(meter, right)];
  if (operator === '+' && operands.some(isText)) {
    return { kind: 'concatenation', node, operator, operands: operands.map(apart) };
  }
  if (EQUALITY.has(operator) && operands.some(({ kind }) => kind === 'text') && operands.every(mayBeText)) {
    return { kind: 'text comparison', node, operator, operands: operands.map(apart) };
  }
  const [first, second] = operands.map((operand) => (operand.kind === 'arithmetic' ? operand : apart(operand)));
  // All operands come before the first operator works.
  const isLate = first.kind === 'arithmetic' && countValues(second) > 0;
  const kind = ARITHMETIC.has(operator) ? 'arithmetic' : 'comparison';
  const taken = [isLate ? apart(first) : first, second];
  return { kind, node, operator, operands: taken, values: sumOf(taken, countValues) };
}

function operandOf(meter, node) {
  if (node.type === 'Literal') return { kind: LITERALS[typeof node.value] ?? 'constant', node };
  if (node.type === 'UnaryExpression' && node.operator === '-' && typeof node.argument.value === 'number') {
    return { kind: 'number', node };
  }
  if (node.type === 'Identifier' && meter.uses.readable.has(node)) return { kind: 'name', node };
  if (node.type !== 'CallExpression' || !isOperation(node)) return { kind: 'value', node };
  let known = meter.operations.get(node);
  if (known === undefined) {
    known = operationOf(meter, node);
    meter.operations.set(node, known);
  }
  return known;
}

const LITERALS = { number: 'number', string: 'text' };

function isText({ kind }) {
  return kind === 'text' || kind === 'concatenation';
}

/** An operand that is worked out by itself. */
function apart(operand) {
  switch (operand.kind) {
    case 'arithmetic':
    case 'comparison':
    case 'text comparison':
      return { kind: 'value', node: operand.node };
    case 'concatenation':
      return { kind: 'value', node: operand.node, isText: true };
    default:
      return operand;
  }
}

function mayBeText({ kind }) {
  return kind === 'text' || kind === 'name' || kind === 'value';
}

/** How many operands have to be put into variables. */
function countValues({ kind, values }) {
  return kind === 'value' ? 1 : (values ?? 0);
}

function sumOf(operands, count) {
  return operands.reduce((sum, operand) => sum + count(operand), 0);
}

/** Writes one operation. */
class Writing {
  /** How many temporaries hold its operands. */
  taken = 0;

  constructor(meter, operation) {
    this.meter = meter;
    this.operation = operation;
    [this.start, this.end] = operation.node.range;
    this.written = this.start;
    this.values = sumOf(operation.operands, countValues);
  }

  /** Walk through the operands in their order; those that have to be kept are put into variables. */
  operands(point) {
    this.pieces = '(';
    this.operandsOf(this.operation, point);
  }

  operandsOf({ operands, node }, point) {
    for (const operand of operands) this.operand(operand, point);
    point.add(priceOf(node.arguments[2]));
  }

  operand(operand, point) {
    const { kind, node } = operand;
    if (kind === 'arithmetic') {
      point.add(priceOf(node));
      this.operandsOf(operand, point);
    } else if (kind === 'value') {
      operand.name = this.take();
      this.value(operand, point);
    } else {
      if (kind !== 'name') this.meter.visit(node, point);
      // A value that comes later may change the variable.
      operand.name = kind === 'name' && this.values > 0 ? this.take() : this.source(node);
      if (operand.name !== this.source(node)) this.pieces += `${operand.name}=${this.source(node)},`;
    }
  }

  value({ name, node }, point) {
    const { edits } = this.meter;
    const isList = node.type === 'SequenceExpression';
    edits.replace(this.written, node.range[0], `${this.pieces}${name}=${isList ? '(' : ''}`);
    this.meter.visit(node, point);
    [, this.written] = node.range;
    this.pieces = isList ? '),' : ',';
    this.values -= 1;
  }

  take() {
    this.taken += 1;
    return this.meter.temporaries.take();
  }

  source(node) {
    return this.meter.text.slice(...node.range);
  }

  /** Put the operation itself behind its operands. */
  finish(text) {
    const { pieces } = this;
    this.meter.edits.replace(this.written, this.end, () => `${pieces}${text()})`);
  }

  /** Arithmetic, or a comparison of anything but texts. */
  arithmetic() {
    const { operation } = this;
    const units = OPERATION * countOperations(operation);
    const isOpening = this.meter.place.block === null;
    const block = this.meter.place.block ?? this.meter.open();
    block.add({ units });
    const mark = block.mark();
    const [plain, exact, guard] = [plainText(operation), exactText(operation), guardOf(operation)];
    this.finish(() => {
      const due = block.due(mark);
      const fast = isOpening ? `(${payment(block.total, due)},${plain})` : plain;
      if (guard === '') return fast;
      return `${guard}?${fast}:${settled(exact, isOpening ? block.dueAround : units + due, due)}`;
    });
  }

  /** An equality with a text literal: the length of both is paid, too. */
  textComparison() {
    const { operator, operands } = this.operation;
    const isOpening = this.meter.place.block === null;
    const block = this.meter.place.block ?? this.meter.open();
    block.add({ units: OPERATION });
    const mark = block.mark();
    const exact = exactText(this.operation);
    const tested = operands.find(({ kind }) => kind !== 'text');
    const lengths = operands.map((operand) => (operand === tested ? `${tested.name}.length` : operand.node.value.length));
    if (!tested) lengths.splice(0, 2, lengths[0] + lengths[1]);
    const compared = `${operands[0].name}${EQUALITY.get(operator)}${operands[1].name}`;
    this.finish(() => {
      const due = block.due(mark);
      const amount = [...lengths, ...(isOpening ? [block.total] : [])].join('+');
      const fast = `(${payment(amount, due)},${compared})`;
      if (!tested) return fast;
      return `typeof ${tested.name}==='string'?${fast}:${settled(exact, isOpening ? block.dueAround : OPERATION + due, due)}`;
    });
  }

  /** `+` with a text: the length of the result is paid behind it, and with it what comes next. */
  concatenation() {
    const { meter } = this;
    const { operands } = this.operation;
    const isOpening = meter.place.block === null;
    if (!isOpening) meter.place.block.add({ units: OPERATION });
    meter.disturb();
    const next = meter.open();
    const sum = this.take();
    const exact = exactText(this.operation);
    const guard = operands
      .filter(({ kind, isText: known }) => (kind === 'name' || kind === 'value') && !known)
      .map(({ name }) => `(typeof ${name}==='string'||typeof ${name}==='number')`)
      .join('&&');
    this.finish(() => {
      const due = next.due(0);
      const before = isOpening ? `${payment(OPERATION, 0)},` : '';
      const amount = due === 0 ? `${sum}.length` : `${sum}.length+${due}`;
      const fast = `(${before}${sum}=${operands[0].name}+${operands[1].name},${payment(amount, due)},${sum})`;
      if (guard === '') return fast;
      return `${guard}?${fast}:${settled(exact, isOpening ? 0 : OPERATION, due)}`;
    });
  }
}

function countOperations({ kind, operands }) {
  return operands && kind !== 'value' ? 1 + sumOf(operands, countOperations) : 0;
}

function plainText({ operator, operands }) {
  const [left, right] = operands.map((operand) => {
    if (operand.kind === 'arithmetic') return `(${plainText(operand)})`;
    return operand.name.startsWith('-') ? `(${operand.name})` : operand.name;
  });
  return `${left}${EQUALITY.get(operator) ?? operator}${right}`;
}

function exactText({ operator, operands }) {
  const [left, right] = operands.map((operand) => (operand.kind === 'arithmetic' ? exactText(operand) : operand.name));
  return `${BINARY}(${left},${right},'${operator}')`;
}

/** The condition under which the plain operators do what the reference's do; empty if they always do. */
function guardOf(operation) {
  const numbers = new Set();
  const collect = ({ operands }) => {
    for (const operand of operands) {
      if (operand.kind === 'arithmetic') collect(operand);
      else if (operand.kind !== 'number') numbers.add(operand);
    }
  };
  collect(operation);
  const isNumeric = operation.kind === 'arithmetic' || operation.operands.some(isNumber) || !EQUALITY.has(operation.operator);
  const condition = isNumeric ? "==='number'" : "!=='string'";
  return [...new Set([...numbers].map(({ name }) => `typeof ${name}${condition}`))].join('&&');
}

function isNumber({ kind }) {
  return kind === 'number' || kind === 'arithmetic';
}
