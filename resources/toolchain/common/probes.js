/** Probes of the stepping variant: a step before each statement, entry and exit of each function. */

import { hasSharedFunctionName } from './scopes.js';
import { walk } from './tree.js';

const SCOPE = '_strata_text=>eval(_strata_text)';

const WITHOUT_STEP = new Set([
  'BlockStatement',
  'DoWhileStatement',
  'EmptyStatement',
  'FunctionDeclaration',
  'StaticBlock',
  'TryStatement',
  'WhileStatement',
]);

/**
 * Makes probe texts and keeps the table of sites. The recorder (`runtime/sandbox/recorder.js`) defines what they call:
 * `_strata_step(id, scope)`, `_strata_enter()`, `_strata_exit()`. `eval` must be the engine's own.
 */
export class Probes {
  #analysis;
  #names = new Map();
  #scopeNumbers = new Map();

  /** Scopes by number: the number of the one around, -1 for none, and the names declared. @type {[number, string[]][]} */
  scopes = [];

  /** One row a step: line, column, end line, end column, function's name, number of its scope. */
  sites = [];

  /** @param {object} tree @param {import('./scopes.js').Analysis} analysis its analysis. */
  constructor(tree, analysis) {
    this.#analysis = analysis;
    this.#nameFunctions(tree);
  }

  /** The probe in front of a statement; empty for statements that only hold others. */
  statement(node) {
    const inner = innermost(node);
    if (WITHOUT_STEP.has(inner.type)) return '';
    if (inner.type === 'ForStatement' && !inner.init && inner.test) return '';
    return `${this.#step(inner, headOf(inner))};`;
  }

  /** The probe in front of an expression that is evaluated by itself (a loop's test or update). */
  expression(node) {
    return `${this.#step(node, node)},`;
  }

  /** What stands at the beginning of a function's body. */
  enter(node) {
    if (!this.#bracketed(node)) return '';
    if (!node.generator) return '_strata_enter();try{';
    return 'let _strata_open=!_strata_enter();try{';
  }

  /** What stands at the end of a function's body. */
  exit(node) {
    if (!this.#bracketed(node)) return '';
    return node.generator ? '}finally{_strata_open&&_strata_exit();}' : '}finally{_strata_exit();}';
  }

  /**
   * Texts around a `yield` and around its argument: while it is suspended, a generator is not on the stack.
   * `yield*` stays as it is: what it delegates to brackets itself.
   */
  suspend(node) {
    if (node.delegate) return null;
    const leave = '_strata_open=_strata_exit()][0]';
    return {
      before: '[',
      beforeArgument: '[(',
      afterArgument: node.argument ? `),${leave}` : ` [void 0,${leave}`,
      after: ',_strata_open=!_strata_enter()][0]',
    };
  }

  #bracketed(node) {
    return node.body.type !== 'BlockStatement' || !hasSharedFunctionName(node, this.#analysis);
  }

  #step(node, shown) {
    const scope = this.#analysis.scopes.get(node);
    const { start } = node.origin ?? node.loc;
    const { end } = shown.origin ?? shown.loc;
    this.sites.push([start.line, start.column, end.line, end.column, this.#functionName(scope), this.#numberOf(scope)]);
    return `_strata_step(${this.sites.length - 1},${SCOPE})`;
  }

  #numberOf(scope) {
    if (scope === null) return -1;
    let number = this.#scopeNumbers.get(scope);
    if (number === undefined) {
      const parent = this.#numberOf(scope.parent);
      number = this.scopes.push([parent, scope.names()]) - 1;
      this.#scopeNumbers.set(scope, number);
    }
    return number;
  }

  #functionName(scope) {
    let { holder } = scope;
    while (holder.parent && !this.#names.has(holder.node)) holder = holder.parent.holder;
    return this.#names.get(holder.node) ?? '';
  }

  /** Functions are called what people call them: their own name, `Class.method`, or what they are assigned to. */
  #nameFunctions(tree) {
    const names = this.#names;
    const give = (node, name) => {
      const nameable = node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression';
      if (nameable && name && !names.has(node)) names.set(node, name);
    };
    walk(tree, (node) => {
      if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') {
        if (node.id) names.set(node, node.id.name);
      } else if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') {
        const prefix = node.id ? `${node.id.name}.` : '';
        for (const member of node.body.body) {
          const name = member.type === 'StaticBlock' ? 'static' : keyName(member);
          if (member.type === 'StaticBlock') names.set(member, prefix + name);
          else give(member.value, prefix + name);
        }
      } else if (node.type === 'Property') {
        give(node.value, keyName(node));
      } else if (node.type === 'VariableDeclarator') {
        give(node.init, node.id.name);
      } else if (node.type === 'AssignmentExpression') {
        give(node.right, node.left.name ?? (node.left.type === 'MemberExpression' && keyName(node.left)));
      }
      if ((node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') && !names.has(node)) {
        names.set(node, '(anonymous)');
      }
    });
  }
}

function keyName(node) {
  const key = node.key ?? node.property;
  if (node.computed) return '[computed]';
  return key.name ?? String(key.value);
}

/** The statement behind any labels: a probe stands in front of them. */
function innermost(node) {
  let inner = node;
  while (inner.type === 'LabeledStatement') inner = inner.body;
  return inner;
}

/** The part of a compound statement that is shown as the current place. */
function headOf(node) {
  switch (node.type) {
    case 'IfStatement':
      return node.test;
    case 'ForStatement':
      return node.update ?? node.test ?? node.init ?? node;
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.right;
    case 'SwitchStatement':
      return node.discriminant;
    case 'WithStatement':
      return node.object;
    case 'ClassDeclaration':
      return node.superClass ?? node.id;
    default:
      return node;
  }
}
