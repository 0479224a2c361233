/** Charge points of profile iost: where each price is collected and charged (spec/gas.md §3.3). */

import { ChargePoint, COUNTER } from '../common/charge.js';
import { Edits } from '../common/edits.js';
import { priceOf, ROUND, WHILE_TEST } from '../common/prices.js';
import { childrenOf, isFunction } from '../common/tree.js';

/** Statements that are charged in front. */
export const OPENING = new Set([
  'ExpressionStatement',
  'ReturnStatement',
  'ThrowStatement',
  'SwitchStatement',
  'IfStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'VariableDeclaration',
]);

/**
 * Insert charges (and probes, if any) into regenerated text. No insertion contains a line break.
 *
 * @param {string} text regenerated text.
 * @param {object} tree its tree, with `range`.
 * @param {object} options
 * @param {import('../common/probes.js').Probes | null} [options.probes] what makes the stepping variant.
 * @param {{start: number, end: number, name: string}[]} [options.renames] words to be written differently.
 * @param {string} [options.hidden] the counter's name inside `with`.
 * @returns {string}
 */
export function meter(text, tree, { probes = null, renames = [], hidden = COUNTER } = {}) {
  const edits = new Edits(text);
  for (const { start, end, name } of renames) edits.replace(start, end, name);
  new Meter(edits, probes, hidden).statements(tree.body, null);
  return edits.render();
}

/** Walks a tree, collects prices, and charges them where the reference does. */
export class Meter {
  constructor(edits, probes, hidden) {
    this.edits = edits;
    this.probes = probes;
    this.hidden = hidden;
    this.counter = COUNTER;
  }

  point(total = 0) {
    return new ChargePoint(total, this.counter);
  }

  /** Have a point charged in front of the statement at a position. */
  charge(position, point) {
    this.edits.open(position, point.statement);
  }

  /** Have a point charged in front of the expression at a position, where a comma is allowed. */
  chargeInside(position, point) {
    this.edits.open(position, point.operand);
  }

  /** Visit statements that stand in a list, where a probe can stand in front of each. */
  statements(list, point) {
    for (const statement of list) this.statement(statement, point);
  }

  statement(node, point, own) {
    if (this.probes) this.edits.open(node.range[0], this.probes.statement(node));
    this.visit(node, point, own);
  }

  /**
   * @param {object} node
   * @param {ChargePoint | null} point the point that is open around the node.
   * @param {ChargePoint} [own] the point that a statement uses instead of a new one.
   */
  visit(node, point, own = undefined) {
    if (OPENING.has(node.type)) {
      const opened = own ?? this.point();
      this.charge(node.range[0], opened);
      opened.add(priceOf(node));
      this.openingStatement(node, opened);
      return;
    }
    const price = priceOf(node);
    let current = point;
    if (price > 0) {
      if (current === null) {
        current = this.point();
        this.charge(node.range[0], current);
      }
      current.add(price);
    }
    this.other(node, current);
  }

  openingStatement(node, point) {
    switch (node.type) {
      case 'IfStatement':
        this.guarded(node.test, { probed: false });
        this.branch(node.consequent, point);
        if (node.alternate) this.branch(node.alternate, point);
        break;
      case 'ForStatement':
        if (node.init) this.loopHead(node.init, point);
        if (node.test) this.guarded(node.test);
        if (node.update) this.guarded(node.update);
        this.loopBody(node.body, ROUND.ForStatement);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.loopHead(node.left, point);
        this.visit(node.right, point);
        this.loopBody(node.body, ROUND[node.type]);
        break;
      case 'WhileStatement':
        this.guarded(node.test, { initial: WHILE_TEST });
        this.loopBody(node.body, ROUND.WhileStatement);
        break;
      case 'DoWhileStatement':
        this.loopBody(node.body, ROUND.DoWhileStatement);
        this.guarded(node.test, { initial: WHILE_TEST });
        break;
      case 'SwitchStatement':
        this.visit(node.discriminant, point);
        for (const { test, consequent } of node.cases) {
          if (test) this.guarded(test, { probed: false });
          this.statements(consequent, point);
        }
        break;
      default:
        this.children(node, point);
    }
  }

  other(node, point) {
    switch (node.type) {
      case 'BlockStatement':
        this.statements(node.body, point);
        break;
      case 'WithStatement':
        this.visit(node.object, point);
        this.withBody(node.body, point);
        break;
      case 'ConditionalExpression':
        this.part(node.test);
        this.part(node.consequent);
        this.part(node.alternate);
        break;
      case 'YieldExpression':
        this.yieldExpression(node, point);
        break;
      default:
        if (isFunction(node)) this.functionNode(node, point);
        else this.children(node, point);
    }
  }

  children(node, point) {
    for (const child of childrenOf(node)) this.visit(child, point);
  }

  /** The declarations of a loop head belong to the loop's own point. */
  loopHead(node, point) {
    if (node.type === 'VariableDeclaration') this.children(node, point);
    else this.visit(node, point);
  }

  /** An expression with a point of its own, charged each time it is evaluated. */
  guarded(node, { initial = 0, probed = true } = {}) {
    const point = this.point(initial);
    if (this.probes && probed) this.edits.open(node.range[0], this.probes.expression(node));
    this.chargeInside(node.range[0], point);
    this.visit(node, point);
  }

  /** A part of `?:`, in parentheses. */
  part(node) {
    const point = this.point();
    this.edits.open(node.range[0], () => `(${point.operand()}`);
    this.visit(node, point);
    this.edits.close(node.range[1], ')');
  }

  /** A branch of `if`, or the body of `with`: gets braces, shares no charge. */
  branch(node, point) {
    if (node.type === 'BlockStatement') {
      this.visit(node, point);
      return;
    }
    this.edits.open(node.range[0], '{');
    this.statement(node, point);
    this.edits.close(node.range[1], '}');
  }

  withBody(node, point) {
    const outside = this.counter;
    this.counter = this.hidden;
    this.branch(node, point);
    this.counter = outside;
  }

  /** A loop's body: a single statement that opens a point shares it with the price of the round. */
  loopBody(node, round) {
    const point = this.point(round);
    if (node.type === 'BlockStatement') {
      this.charge(node.range[0] + 1, point);
      this.visit(node, point);
      return;
    }
    this.edits.open(node.range[0], '{');
    if (OPENING.has(node.type)) {
      this.statement(node, null, point);
    } else {
      this.charge(node.range[0], point);
      this.statement(node, point);
    }
    this.edits.close(node.range[1], '}');
  }

  yieldExpression(node, point) {
    const pieces = this.probes?.suspend(node);
    if (!pieces) {
      this.children(node, point);
      return;
    }
    this.edits.open(node.range[0], pieces.before);
    if (node.argument) this.edits.open(node.argument.range[0], pieces.beforeArgument);
    this.children(node, point);
    this.edits.close(node.argument ? node.argument.range[1] : node.range[1], pieces.afterArgument);
    this.edits.close(node.range[1], pieces.after);
  }

  functionNode(node, point) {
    const { body } = node;
    if (node.id) this.visit(node.id, point);
    for (const parameter of node.params) this.visit(parameter, point);
    if (body.type === 'BlockStatement') {
      if (this.probes) this.edits.open(body.range[0] + 1, this.probes.enter(node));
      this.statements(body.body, point);
      if (this.probes) this.edits.close(body.range[1] - 1, this.probes.exit(node));
      return;
    }
    // An expression body becomes a function of its own (spec/gas.md §3.2), which pays for it.
    const own = this.point();
    const enter = this.probes ? this.probes.enter(node) + this.probes.statement(body) : '';
    this.edits.open(body.range[0], () => `function(){${enter}${own.statement()}return `);
    this.visit(body, own);
    this.edits.close(body.range[1], `${this.probes ? this.probes.exit(node) : ''}}()`);
  }
}
