/**
 * The text that runs: charges what the reference's metered text charges, in as few places as can be.
 *
 * Statements keep their points (`metering.js`); here the tree is walked in the order in which it runs, and a charge joins
 * the block that is open (`blocks.js`). Whatever may call, throw or jump closes it.
 */

import { Edits } from '../common/edits.js';
import { priceOf, ROUND, WHILE_TEST } from '../common/prices.js';
import { walk } from '../common/tree.js';
import { Block, Shared, settled } from './blocks.js';
import { certainUses } from './certain.js';
import { Meter, OPENING } from './metering.js';
import { inlineOperation, isOperation } from './operations.js';
import { Temporaries } from './temporaries.js';

/**
 * @param {string} text regenerated text without `with`.
 * @param {object} tree its tree, with `range`.
 * @param {import('../common/scopes.js').Analysis} analysis its analysis.
 * @param {{start: number, end: number, name: string}[]} renames words to be written differently.
 * @returns {string} the text to run; no line moves.
 */
export function meterMerged(text, tree, analysis, renames) {
  const edits = new Edits(text);
  for (const { start, end, name } of renames) edits.replace(start, end, name);
  const meter = new MergingMeter(edits, text, tree, analysis);
  meter.statements(tree.body, null);
  return meter.temporaries.declaration() + edits.render();
}

/** What is known while walking through the code of one function. */
class Place {
  /** @type {Block | null} the block that a charge joins. */
  block = null;

  /** A block that stays open behind the branch that is being walked through, if nothing disturbs it. */
  around = null;

  /** Whether nothing has closed a block since the branch began. */
  isCalm = true;

  /** What has been paid in front of the branch, while the block that it is part of is not open yet. */
  shared = null;

  /** Loops around, innermost last; `continued` if something jumps to its next round. */
  loops = [];

  /** Whether an error message may show the source of this expression. */
  isShown = false;

  /** @param {Temporaries | null} temporaries none where no variable can be declared. @param {boolean} hasThis */
  constructor(temporaries, hasThis) {
    this.temporaries = temporaries;
    /** Whether `this` is certainly there: a derived class makes it in its constructor. */
    this.hasThis = hasThis;
  }
}

/** Walks a tree in the order in which it runs. */
export class MergingMeter extends Meter {
  #labelAt = null;

  constructor(edits, text, tree, analysis) {
    super(edits, null);
    this.text = text;
    this.analysis = analysis;
    this.uses = certainUses(analysis);
    this.prefix = unusedPrefix(tree);
    this.place = new Place(new Temporaries(this.prefix), true);
    /** Operations that were looked at as operands of others. */
    this.operations = new Map();
  }

  get temporaries() {
    return this.place.temporaries;
  }

  /** Close the block: what comes next may be seen, or may never come. */
  disturb() {
    this.place.block = null;
    this.place.isCalm = false;
    this.place.shared = null;
  }

  /** Open a block at this place, `shared` of which has been paid. */
  open(shared = null) {
    this.place.block = new Block(this.place.around, shared);
    this.place.shared = null;
    return this.place.block;
  }

  charge(position, point) {
    const labelAt = this.#labelAt;
    this.#labelAt = null;
    // What the reference puts behind a label takes the label away from the loop.
    if (labelAt !== null) this.edits.open(position, () => (point.isFree ? '' : ';'));
    if (this.place.block === null) this.edits.open(labelAt ?? position, this.open(this.place.shared).statement);
    this.place.block.add(point);
  }

  chargeInside(position, point) {
    if (this.place.block === null) this.edits.open(position, this.open(this.place.shared).operand);
    this.place.block.add(point);
  }

  openingStatement(node, point) {
    switch (node.type) {
      case 'IfStatement':
        this.guarded(node.test);
        this.branches(
          () => this.branch(node.consequent, point),
          () => node.alternate && this.branch(node.alternate, point),
        );
        break;
      case 'ForStatement':
        this.forStatement(node, point);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        this.loopHead(node.left, point);
        this.shown(node.right, point);
        this.round(() => this.loopBody(node.body, ROUND[node.type]));
        break;
      case 'WhileStatement': {
        const first = this.place.block;
        const last = this.round(() => this.loopBody(node.body, ROUND.WhileStatement));
        this.loopTest(node.test, this.point(WHILE_TEST), first, last);
        break;
      }
      case 'DoWhileStatement':
        this.place.block = this.round(() => this.loopBody(node.body, ROUND.DoWhileStatement));
        this.guarded(node.test, { initial: WHILE_TEST });
        this.disturb();
        break;
      case 'SwitchStatement':
        this.visit(node.discriminant, point);
        for (const { test, consequent } of node.cases) {
          this.disturb();
          if (test) this.guarded(test);
          this.disturb();
          this.statements(consequent, point);
        }
        this.disturb();
        break;
      default:
        super.openingStatement(node, point);
        if (node.type === 'ReturnStatement' || node.type === 'ThrowStatement') this.disturb();
    }
  }

  forStatement(node, point) {
    if (node.init) this.loopHead(node.init, point);
    const first = this.place.block;
    let last = this.round(() => this.loopBody(node.body, ROUND.ForStatement));
    if (node.update) {
      this.place.block = last;
      this.guarded(node.update);
      last = this.place.block;
    }
    if (node.test) this.loopTest(node.test, this.point(), first, last);
    this.disturb();
  }

  /**
   * Walk through what a loop does over and over.
   *
   * @returns {Block | null} the block that is open at its end, if every round comes there.
   */
  round(walkThrough) {
    const loop = { continued: false };
    this.place.loops.push(loop);
    this.disturb();
    walkThrough();
    this.place.loops.pop();
    const { block } = this.place;
    this.disturb();
    return loop.continued ? null : block;
  }

  /** A test that is paid for by the block in front of the loop and by the last one of each round, or else by itself. */
  loopTest(node, point, first, last) {
    this.disturb();
    if (first && last) {
      const test = new Block();
      test.add(point);
      first.continueWith(test);
      last.continueWith(test);
      this.place.block = test;
    } else {
      this.chargeInside(node.range[0], point);
    }
    this.visit(node, point);
    this.disturb();
  }

  other(node, point) {
    switch (node.type) {
      case 'Identifier':
        if (this.uses.failing.has(node)) this.disturb();
        break;
      case 'ThisExpression':
        if (!this.place.hasThis) this.disturb();
        break;
      case 'AssignmentExpression':
        this.target(node.left, point);
        this.visit(node.right, point);
        if (!this.uses.writable.has(node.left)) this.disturb();
        break;
      case 'UpdateExpression':
        this.update(node, point);
        break;
      case 'LogicalExpression':
        this.visit(node.left, point);
        this.branches(() => this.visit(node.right, point));
        break;
      case 'ConditionalExpression':
        this.part(node.test);
        this.branches(
          () => this.part(node.consequent),
          () => this.part(node.alternate),
        );
        break;
      case 'CallExpression':
        if (isOperation(node) && !this.place.isShown && this.temporaries) inlineOperation(this, node, point);
        else this.call(node.callee, node.arguments, point);
        break;
      case 'NewExpression':
        this.call(node.callee, node.arguments, point);
        break;
      case 'TaggedTemplateExpression':
        this.call(node.tag, [node.quasi], point);
        break;
      case 'UnaryExpression':
        this.visit(node.argument, point);
        if (!isCalmUnary(node)) this.disturb();
        break;
      case 'Property':
      case 'MethodDefinition':
        this.visit(node.key, point);
        if (node.computed) this.disturb();
        this.visit(node.value, point);
        break;
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.superClass) {
          this.visit(node.superClass, point);
          this.disturb();
        }
        this.visit(node.body, point);
        break;
      case 'AssignmentPattern':
        this.branches(() => this.visit(node.right, point));
        this.disturb();
        break;
      case 'LabeledStatement':
        this.labelled(node, point);
        break;
      case 'ContinueStatement':
        for (const loop of node.label ? this.place.loops : this.place.loops.slice(-1)) loop.continued = true;
        this.disturb();
        break;
      case 'YieldExpression':
        if (node.argument) this.shown(node.argument, point);
        this.disturb();
        break;
      default:
        super.other(node, point);
        if (DISTURBING.has(node.type)) this.disturb();
    }
  }

  /** The target of an assignment: nothing is read from it. */
  target(node, point) {
    if (node.type !== 'MemberExpression') return;
    point.add(priceOf(node));
    this.children(node, point);
  }

  update(node, point) {
    const { argument } = node;
    if (!this.uses.writable.has(argument)) {
      this.target(argument, point);
      this.disturb();
      return;
    }
    // Without a block of its own it may still stand in a branch that others have paid around.
    const at = this.place.block ? { block: this.place.block, mark: this.place.block.mark() } : this.place.around;
    if (at === null) return;
    const [start, end] = node.range;
    const written = this.text.slice(start, end);
    this.edits.replace(start, end, () => {
      const due = at.block.due(at.mark);
      if (due === 0) return written;
      return `(typeof ${argument.name}==='number'?${written}:${settled(written, due, due)})`;
    });
  }

  call(callee, operands, point) {
    this.shown(callee, point);
    const { isShown } = this.place;
    this.place.isShown = false;
    for (const operand of operands) this.visit(operand, point);
    this.place.isShown = isShown;
    this.disturb();
  }

  /** An expression of which the engine shows the source if it turns out to be no function, or not iterable. */
  shown(node, point) {
    const { isShown } = this.place;
    this.place.isShown = true;
    this.visit(node, point);
    this.place.isShown = isShown;
  }

  labelled(node, point) {
    let { body } = node;
    while (body.type === 'LabeledStatement') ({ body } = body);
    if (OPENING.has(body.type)) this.#labelAt ??= node.range[0];
    this.visit(node.body, point);
    this.disturb();
  }

  /**
   * Walk through alternatives. The block around pays what they share, and stays open if none of them disturbs it. If one
   * does, what comes behind is paid by the last block of each, if each has one.
   */
  branches(...walks) {
    const { place } = this;
    const { block, around, isCalm } = place;
    const shared = block && walks.length > 1 ? new Shared(walks.length) : null;
    if (shared) block.add(shared);
    const ends = [];
    let allCalm = true;
    for (const walkThrough of walks) {
      place.block = null;
      place.around = block ? { block, mark: block.mark() } : around;
      place.isCalm = true;
      place.shared = shared;
      walkThrough();
      ends.push(place.block);
      allCalm &&= place.isCalm;
    }
    place.around = around;
    place.shared = null;
    place.isCalm = isCalm && allCalm;
    place.block = allCalm ? block : null;
    if (place.block === null && walks.length > 1 && ends.every((end) => end !== null)) this.join(ends);
  }

  /** Open a block that is paid by each of others, one of which is the last before it. */
  join(ends) {
    const block = this.open();
    for (const end of ends) end.continueWith(block);
  }

  /** A part of `?:`, in parentheses. */
  part(node) {
    const point = this.point();
    this.edits.open(node.range[0], '(');
    this.chargeInside(node.range[0], point);
    this.visit(node, point);
    this.edits.close(node.range[1], ')');
  }

  functionNode(node, point) {
    const outside = this.place;
    const isArrow = node.type === 'ArrowFunctionExpression';
    const hasThis = isArrow ? outside.hasThis : !this.isDerivedConstructor(node);
    this.place = new Place(null, hasThis);
    for (const parameter of node.params) this.visit(parameter, point);
    const { body } = node;
    const temporaries = new Temporaries(this.prefix);
    if (body.type === 'BlockStatement') {
      this.place = new Place(temporaries, hasThis);
      this.edits.open(body.range[0] + 1, temporaries.declaration);
      this.statements(body.body, point);
    } else {
      // An expression body becomes a function of its own (spec/gas.md §3.2), which pays for it.
      this.place = new Place(temporaries, true);
      const own = this.point();
      const block = this.open();
      block.add(own);
      this.edits.open(body.range[0], () => `function(){${temporaries.declaration()}${block.statement()}return `);
      this.visit(body, own);
      this.edits.close(body.range[1], '}()');
    }
    this.place = outside;
  }

  isDerivedConstructor(node) {
    const member = this.analysis.parents.get(node);
    if (member.kind !== 'constructor') return false;
    return this.analysis.parents.get(this.analysis.parents.get(member)).superClass !== null;
  }
}

/** What may call functions of the contract, throw, or jump, beside what is looked at in detail. */
const DISTURBING = new Set([
  'BinaryExpression', // `in` and `instanceof`
  'BreakStatement',
  'MemberExpression',
  'SpreadElement',
  'Super',
]);

function isCalmUnary({ operator, argument }) {
  if (operator === '-') return argument.type === 'Literal' && typeof argument.value === 'number';
  return operator === '!' || operator === 'typeof' || operator === 'void';
}

/** Dollar signs with which no name of the tree begins. */
function unusedPrefix(tree) {
  let prefix = '$';
  walk(tree, (node) => {
    if (node.type !== 'Identifier') return;
    while (node.name.startsWith(prefix)) prefix += '$';
  });
  return prefix;
}
