/** Scopes, bindings and references of an ESTree tree: who declares a name, who reads and writes it. */

import { childrenOf, list, parentsOf } from './tree.js';

const MAX_SHOWN_NAMES = 100;

/** A declared name. `kind` is var, let, const, class, function, parameter, catch or function-name. */
export class Binding {
  constructor(name, kind, scope) {
    this.name = name;
    this.kind = kind;
    this.scope = scope;
    /** Identifiers that declare it. */
    this.identifiers = [];
    /** @type {Reference[]} */
    this.references = [];
  }
}

/**
 * A use of a name.
 *
 * @typedef {{node: object, scope: Scope, reads: boolean, writes: boolean, shorthand: boolean}} Reference
 */

/** A region in which names are declared. `kind` is program, function or block. */
export class Scope {
  constructor(kind, node, parent, strict) {
    this.kind = kind;
    this.node = node;
    this.parent = parent;
    this.strict = strict;
    /** @type {Map<string, Binding>} */
    this.bindings = new Map();
  }

  /** The scope that `var` declares into. */
  get holder() {
    let scope = this;
    while (scope.kind === 'block') scope = scope.parent;
    return scope;
  }

  /** The scope that `this` and `arguments` belong to: arrow functions have none of their own. */
  get receiver() {
    let { holder } = this;
    while (holder.parent && holder.node.type === 'ArrowFunctionExpression') holder = holder.parent.holder;
    return holder;
  }

  declare(name, kind, identifier) {
    let binding = this.bindings.get(name);
    if (!binding) {
      binding = new Binding(name, kind, this);
      this.bindings.set(name, binding);
    }
    if (identifier) binding.identifiers.push(identifier);
    return binding;
  }

  find(name) {
    for (let scope = this; scope; scope = scope.parent) {
      const binding = scope.bindings.get(name);
      if (binding) return binding;
    }
    return null;
  }

  /** Names of this scope alone that a debugger shows; of a large program's top level only the first. */
  names() {
    return [...this.bindings.keys()].slice(0, MAX_SHOWN_NAMES);
  }
}

/** What was found out about a tree. */
export class Analysis {
  #parents = null;

  constructor(root) {
    this.root = root;
    /** @type {Map<object, Scope>} the scope in which a node stands; for a function, the one it opens. */
    this.scopes = new Map();
    /** @type {Binding[]} */
    this.bindings = [];
    /** @type {Map<string, Reference[]>} uses of names that the tree does not declare. */
    this.globals = new Map();
  }

  /** @returns {Map<object, object>} the parent of each node. */
  get parents() {
    this.#parents ??= parentsOf(this.root.node);
    return this.#parents;
  }
}

/**
 * @param {object} tree a Program, which must not change any more.
 * @param {{strict?: boolean}} options whether all code is strict.
 * @returns {Analysis}
 */
export function analyse(tree, { strict = false } = {}) {
  const root = new Scope('program', tree, null, strict);
  const analyser = new Analyser(new Analysis(root));
  analyser.scopes.push(root);
  list(tree);
  for (const statement of tree.body) analyser.visit(statement, root);
  analyser.resolve();
  return analyser.analysis;
}

class Analyser {
  constructor(analysis) {
    this.analysis = analysis;
    this.scopes = [];
    this.references = [];
  }

  open(kind, node, parent, strict = parent.strict) {
    const scope = new Scope(kind, node, parent, strict);
    this.scopes.push(scope);
    return scope;
  }

  refer(node, scope, { reads = true, writes = false, shorthand = false } = {}) {
    this.references.push({ node, scope, reads, writes, shorthand });
  }

  resolve() {
    const { analysis } = this;
    for (const reference of this.references) {
      const { name } = reference.node;
      const binding = reference.scope.find(name);
      if (binding) {
        binding.references.push(reference);
        continue;
      }
      const uses = analysis.globals.get(name);
      if (uses) uses.push(reference);
      else analysis.globals.set(name, [reference]);
    }
    for (const scope of this.scopes) analysis.bindings.push(...scope.bindings.values());
  }

  visit(node, scope) {
    this.analysis.scopes.set(node, scope);
    switch (node.type) {
      case 'Identifier':
        this.refer(node, scope);
        return;
      case 'FunctionDeclaration':
        this.declareFunction(node, scope);
        this.functionNode(node, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.functionNode(node, scope);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.classNode(node, scope);
        return;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          this.pattern(id, scope, node.kind, init !== null);
          if (init) this.visit(init, scope);
        }
        return;
      case 'BlockStatement':
      case 'StaticBlock':
        this.block(node, scope);
        return;
      case 'ForStatement':
        this.children(node, this.open('block', node, scope));
        return;
      case 'ForInStatement':
      case 'ForOfStatement': {
        const inner = this.open('block', node, scope);
        if (node.left.type === 'VariableDeclaration') {
          this.pattern(node.left.declarations[0].id, inner, node.left.kind, true);
          if (node.left.declarations[0].init) this.visit(node.left.declarations[0].init, inner);
          this.analysis.scopes.set(node.left, inner);
        } else {
          this.pattern(node.left, inner, null, true);
        }
        this.visit(node.right, inner);
        this.visit(node.body, inner);
        return;
      }
      case 'SwitchStatement': {
        this.visit(node.discriminant, scope);
        const inner = this.open('block', node, scope);
        for (const clause of node.cases) this.children(clause, inner);
        return;
      }
      case 'CatchClause': {
        const inner = this.open('block', node, scope);
        if (node.param) this.pattern(node.param, inner, 'catch', true);
        this.visit(node.body, inner);
        return;
      }
      case 'AssignmentExpression':
        this.pattern(node.left, scope, null, true, node.operator !== '=');
        this.visit(node.right, scope);
        return;
      case 'UpdateExpression':
        this.pattern(node.argument, scope, null, true, true);
        return;
      case 'MemberExpression':
        this.visit(node.object, scope);
        if (node.computed) this.visit(node.property, scope);
        return;
      case 'Property':
        if (node.computed) this.visit(node.key, scope);
        if (node.shorthand && node.value.type === 'Identifier') {
          this.refer(node.value, scope, { shorthand: true });
        } else {
          this.visit(node.value, scope);
        }
        return;
      case 'MethodDefinition':
        if (node.computed) this.visit(node.key, scope);
        this.visit(node.value, scope);
        return;
      case 'PropertyDefinition': {
        if (node.computed) this.visit(node.key, scope);
        // An initialiser is a function of its own as far as `this` and `arguments` are concerned.
        if (node.value) this.visit(node.value, this.open('function', node, scope));
        return;
      }
      case 'LabeledStatement':
        this.visit(node.body, scope);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
        return;
      default:
        this.children(node, scope);
    }
  }

  children(node, scope) {
    for (const child of childrenOf(node)) this.visit(child, scope);
  }

  block(node, scope) {
    const inner = this.open(node.type === 'StaticBlock' ? 'function' : 'block', node, scope);
    for (const statement of node.body) this.visit(statement, inner);
  }

  declareFunction(node, scope) {
    if (!node.id) return;
    scope.declare(node.id.name, 'function', node.id);
    // Sloppy code sees a function of a block in the whole function as well.
    if (scope.kind === 'block' && !scope.strict && !scope.holder.bindings.has(node.id.name)) {
      scope.holder.declare(node.id.name, 'var', null);
    }
  }

  functionNode(node, scope) {
    const inner = this.open('function', node, scope);
    this.analysis.scopes.set(node, inner);
    if (node.type === 'FunctionExpression' && node.id) inner.declare(node.id.name, 'function-name', node.id);
    for (const parameter of node.params) this.pattern(parameter, inner, 'parameter', true);
    if (node.body.type === 'BlockStatement') {
      this.analysis.scopes.set(node.body, inner);
      for (const statement of node.body.body) this.visit(statement, inner);
    } else {
      this.visit(node.body, inner);
    }
  }

  classNode(node, scope) {
    if (node.type === 'ClassDeclaration' && node.id) scope.declare(node.id.name, 'class', node.id);
    const inner = this.open('block', node, scope, true);
    if (node.type === 'ClassExpression' && node.id) inner.declare(node.id.name, 'function-name', node.id);
    if (node.superClass) this.visit(node.superClass, inner);
    for (const decorator of node.decorators ?? []) this.visit(decorator, scope);
    for (const member of node.body.body) this.visit(member, inner);
  }

  /** A target: of a declaration if `kind` is given, else of an assignment. */
  pattern(node, scope, kind, written, alsoRead = false) {
    this.analysis.scopes.set(node, scope);
    switch (node.type) {
      case 'Identifier':
        if (kind === null) {
          this.refer(node, scope, { reads: alsoRead, writes: true });
          return;
        }
        (kind === 'var' ? scope.holder : scope).declare(node.name, kind, node);
        // The initial value is a write of the binding that the name resolves to from here.
        if (written && kind === 'var') this.refer(node, scope, { reads: false, writes: true });
        return;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') {
            this.pattern(property.argument, scope, kind, written);
          } else {
            if (property.computed) this.visit(property.key, scope);
            this.pattern(property.value, scope, kind, written);
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of node.elements) if (element) this.pattern(element, scope, kind, written);
        return;
      case 'RestElement':
        this.pattern(node.argument, scope, kind, written);
        return;
      case 'AssignmentPattern':
        this.pattern(node.left, scope, kind, written);
        this.visit(node.right, scope);
        return;
      default:
        this.visit(node, scope);
    }
  }
}

/**
 * Whether a function declaration directly in a function's body shares its name with another declaration there, which
 * is fine for a function's body but not for a block.
 */
export function hasSharedFunctionName(node, analysis) {
  const scope = analysis.scopes.get(node);
  return node.body.body.some(
    (statement) =>
      statement.type === 'FunctionDeclaration' && scope.bindings.get(statement.id.name).identifiers.length > 1,
  );
}
