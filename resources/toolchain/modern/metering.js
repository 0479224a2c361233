/**
 * Charge points of profile modern: charges are inserted into the author's own text, no line moves.
 *
 * A statement is paid before it runs. A function pays 1 on entry together with its first statement; a loop pays its
 * round, test and update together with the first statement of its body, so that a round is one charge.
 */

import { ChargePoint, COUNTER } from '../common/charge.js';
import { Edits } from '../common/edits.js';
import { behind } from '../common/positions.js';
import { ROUND, WHILE_TEST } from '../common/prices.js';
import { childrenOf, isFunction } from '../common/tree.js';
import { priceOf } from './prices.js';

const ENTRY = 1;
const ERROR = '_strata_error';

const OPENING = new Set([
  'DoWhileStatement',
  'ExpressionStatement',
  'ForInStatement',
  'ForOfStatement',
  'ForStatement',
  'IfStatement',
  'LabeledStatement',
  'ReturnStatement',
  'SwitchStatement',
  'ThrowStatement',
  'VariableDeclaration',
  'WhileStatement',
]);

/**
 * @param {string} source
 * @param {object} tree its tree, with `range`.
 * @param {object} options
 * @param {import('../common/probes.js').Probes | null} [options.probes] what makes the stepping variant.
 * @param {{start: number, end: number, name: string}[]} [options.renames] words to be written differently.
 * @param {Map<object, string>} [options.failing] functions that must fail, with the statement that does it.
 * @returns {string}
 */
export function meter(source, tree, { probes = null, renames = [], failing = new Map() } = {}) {
  const edits = new Edits(source);
  for (const { start, end, name } of renames) edits.replace(start, end, name);
  new Meter(source, edits, probes, failing).list(tree.body, new ChargePoint(), 0);
  return edits.render();
}

class Meter {
  constructor(source, edits, probes, failing) {
    this.source = source;
    this.edits = edits;
    this.probes = probes;
    this.failing = failing;
  }

  /**
   * Statements of a body whose `point` is charged at its beginning: with the first statement if that opens a
   * point, else at `position`.
   */
  list(statements, point, position) {
    const [first] = statements;
    const shared = first !== undefined && OPENING.has(first.type);
    if (!shared) this.edits.open(position, point.statement);
    statements.forEach((statement, i) => this.statement(statement, point, shared && i === 0 ? point : undefined));
  }

  /** A statement in a list, with a probe in front. `point` pays for declarations, `own` is the statement's charge. */
  statement(node, point, own = undefined) {
    if (this.probes) this.edits.open(node.range[0], this.probes.statement(node));
    if (!OPENING.has(node.type)) {
      this.visit(node, point);
      return;
    }
    const opened = own ?? new ChargePoint();
    this.edits.open(node.range[0], opened.statement);
    let inner = node;
    while (inner.type === 'LabeledStatement') inner = inner.body;
    if (OPENING.has(inner.type)) this.opening(inner, opened);
    else this.visit(inner, opened);
  }

  /** A statement whose charge stands in front of it already. */
  opening(node, point) {
    if (node.directive === undefined) point.add(priceOf(node));
    switch (node.type) {
      case 'IfStatement':
        this.visit(node.test, point);
        this.body(node.consequent, new ChargePoint());
        if (node.alternate) this.body(node.alternate, new ChargePoint());
        break;
      case 'ForStatement':
        this.forStatement(node, point);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.visit(node.left, point);
        this.visit(node.right, point);
        this.body(node.body, new ChargePoint(ROUND[node.type]));
        break;
      case 'WhileStatement': {
        // The test is charged once more than the body; the round is paid with it.
        const round = new ChargePoint(WHILE_TEST + ROUND.WhileStatement);
        this.guarded(node.test, round);
        this.body(node.body, new ChargePoint());
        break;
      }
      case 'DoWhileStatement': {
        const round = new ChargePoint(WHILE_TEST + ROUND.DoWhileStatement);
        this.body(node.body, round);
        this.probed(node.test);
        this.visit(node.test, round);
        break;
      }
      case 'SwitchStatement':
        this.visit(node.discriminant, point);
        for (const { test, consequent } of node.cases) {
          if (test) this.visit(test, point);
          for (const statement of consequent) this.statement(statement, point);
        }
        break;
      case 'ExpressionStatement':
        if (node.directive === undefined) this.children(node, point);
        break;
      default:
        this.children(node, point);
    }
  }

  /** The first test is paid by the statement, every later one with its update by the round before. */
  forStatement(node, point) {
    const round = new ChargePoint(ROUND.ForStatement);
    if (node.init) this.visit(node.init, point);
    if (node.test) {
      this.probed(node.test);
      this.visit(node.test, {
        add(price) {
          point.add(price);
          round.add(price);
        },
      });
    }
    if (node.update) {
      this.probed(node.update);
      this.visit(node.update, round);
    }
    this.body(node.body, round);
  }

  /** Anything that has no charge of its own in front of it. */
  visit(node, point) {
    const price = priceOf(node);
    if (price > 0) point.add(price);
    switch (node.type) {
      case 'BlockStatement':
        for (const statement of node.body) this.statement(statement, point);
        break;
      case 'StaticBlock':
        this.list(node.body, new ChargePoint(ENTRY), behind(this.source, '{', node.range[0]));
        break;
      case 'ConditionalExpression':
        this.visit(node.test, point);
        this.part(node.consequent);
        this.part(node.alternate);
        break;
      case 'TaggedTemplateExpression':
        this.visit(node.tag, point);
        this.children(node.quasi, point);
        break;
      case 'AssignmentPattern':
        this.visit(node.left, point);
        this.initialiser(node.right, point);
        break;
      case 'PropertyDefinition':
        this.key(node, point);
        if (node.value) this.initialiser(node.value, point);
        break;
      case 'MethodDefinition':
        this.key(node, point);
        this.visit(node.value, point);
        break;
      case 'YieldExpression':
        this.yieldExpression(node, point);
        break;
      case 'TryStatement':
        this.visit(node.block, point);
        // What ends the frame must be seen before a `finally` can hide it.
        if (node.handler) this.catchClause(node.handler, point);
        else this.edits.close(node.block.range[1], `catch(${ERROR}){${caught(ERROR)}throw ${ERROR};}`);
        if (node.finalizer) this.visit(node.finalizer, point);
        break;
      default:
        if (isFunction(node)) this.functionNode(node);
        else this.children(node, point);
    }
  }

  children(node, point) {
    for (const child of childrenOf(node)) this.visit(child, point);
  }

  key({ key, computed }, point) {
    if (computed) this.visit(key, point);
  }

  probed(node) {
    if (this.probes) this.edits.open(node.range[0], this.probes.expression(node));
  }

  /** An expression that is charged each time it is evaluated; it may stand where a comma is allowed. */
  guarded(node, point) {
    this.probed(node);
    this.edits.open(node.range[0], point.operand);
    this.visit(node, point);
  }

  /** An expression in parentheses with a charge of its own. */
  part(node) {
    const point = new ChargePoint();
    this.edits.open(node.range[0], () => (point.isFree ? '' : `(${point.operand()}`));
    this.visit(node, point);
    this.edits.close(node.range[1], () => (point.isFree ? '' : ')'));
  }

  /**
   * A default value or a field's value. A nameless function takes its name from the place it stands in, so nothing
   * may be put around it.
   */
  initialiser(node, point) {
    const nameless = (isFunction(node) || node.type === 'ClassExpression') && !node.id;
    if (nameless) this.visit(node, point);
    else this.part(node);
  }

  /** A branch or a loop's body: gets braces; `point` and its declarations are paid when it runs. */
  body(node, point) {
    if (node.type === 'BlockStatement') {
      this.list(node.body, point, node.range[0] + 1);
      return;
    }
    this.edits.open(node.range[0], '{');
    this.list([node], point, node.range[0]);
    this.edits.close(node.range[1], '}');
  }

  /** A contract cannot catch what ends its frame. */
  catchClause({ param, body }, point) {
    const [start, end] = body.range;
    if (param === null) {
      this.edits.open(start, `(${ERROR})`);
      this.edits.open(start + 1, caught(ERROR));
    } else if (param.type === 'Identifier') {
      this.edits.open(start + 1, caught(param.name));
    } else {
      const behindParameter = behind(this.source, ')', param.range[1]);
      this.edits.open(param.range[0], `${ERROR}){${caught(ERROR)}let `);
      this.visit(param, point);
      this.edits.replace(behindParameter - 1, behindParameter, `=${ERROR};`);
      this.edits.close(end, '}');
    }
    this.visit(body, point);
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

  functionNode(node) {
    const { body } = node;
    const entry = new ChargePoint(ENTRY);
    const failure = this.failing.get(node) ?? '';
    for (const parameter of node.params) this.visit(parameter, entry);
    if (body.type === 'BlockStatement') {
      const [start, end] = [body.range[0] + 1, body.range[1] - 1];
      this.edits.open(start, failure + (this.probes ? this.probes.enter(node) : ''));
      this.list(body.body, entry, start);
      if (!this.probes) return;
      // In an empty body both stand at one place, where what closes would come first.
      if (start === end) this.edits.open(end, this.probes.exit(node));
      else this.edits.close(end, this.probes.exit(node));
      return;
    }
    // Whatever follows the arrow, parentheses included, is the body.
    const position = behind(this.source, '=>', node.params.at(-1)?.range[1] ?? node.range[0]);
    const { probes } = this;
    const isBlock = probes !== null || failure !== '';
    const before = failure + (probes ? probes.enter(node) + probes.statement(body) : '');
    this.edits.open(position, () => (isBlock ? `{${before}${entry.statement()}return (` : ` (${entry.operand()}`));
    this.visit(body, entry);
    this.edits.close(node.range[1], isBlock ? `);${probes ? probes.exit(node) : ''}}` : ')');
  }
}

function caught(name) {
  return `${COUNTER}.caught(${name});`;
}
