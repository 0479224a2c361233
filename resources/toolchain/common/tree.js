/** Walking ESTree trees of either parser. */

/** Lists of a Program that hold no nodes, though some of what they hold looks like it. */
const NOT_CHILDREN = new Set(['tokens', 'errors', 'comments']);

/** @returns {boolean} whether a field's value is a node. */
export function isNode(value) {
  return typeof value === 'object' && value !== null && typeof value.type === 'string';
}

/**
 * Children of a node in the order of the parser's fields.
 *
 * @param {object} node
 * @returns {object[]}
 */
export function childrenOf(node) {
  const children = [];
  appendChildren(node, children);
  return children;
}

function appendChildren(node, list) {
  for (const key in node) {
    // Most of what is read would be places, in every node.
    if (key === 'type' || key === 'start' || key === 'end' || key === 'loc' || key === 'range') continue;
    const value = node[key];
    if (typeof value !== 'object' || value === null) continue;
    if (typeof value.type === 'string') list.push(value);
    else if (Array.isArray(value) && !NOT_CHILDREN.has(key)) {
      for (const element of value) if (isNode(element)) list.push(element);
    }
  }
}

/** @returns {boolean} whether the node is a function with a body of its own. */
export function isFunction(node) {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** Nodes of trees that are walked often: in pre-order, each with the place behind its own subtree. */
const listed = new WeakMap();

/** Make every later `walk` of a tree quicker; the tree must not change any more. */
export function list(root) {
  const nodes = [];
  const ends = [];
  const visit = (node) => {
    const index = nodes.push(node) - 1;
    for (const child of childrenOf(node)) visit(child);
    ends[index] = nodes.length;
  };
  visit(root);
  listed.set(root, { nodes, ends });
}

/**
 * @param {object} root of a tree that is listed.
 * @returns {Map<object, object>} the parent of each node.
 */
export function parentsOf(root) {
  const { nodes, ends } = listed.get(root);
  const parents = new Map();
  const open = [];
  for (let i = 0; i < nodes.length; i += 1) {
    while (open.length > 0 && ends[open.at(-1)] <= i) open.pop();
    if (open.length > 0) parents.set(nodes[i], nodes[open.at(-1)]);
    open.push(i);
  }
  return parents;
}

/** Visit every node in pre-order. `enter` may return false to leave out a node's children. */
export function walk(root, enter) {
  const known = listed.get(root);
  if (known) walkList(known, enter);
  else walkTree(root, enter);
}

function walkList({ nodes, ends }, enter) {
  for (let i = 0; i < nodes.length; i = enter(nodes[i]) === false ? ends[i] : i + 1);
}

function walkTree(root, enter) {
  const pending = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (enter(node) === false) continue;
    const first = pending.length;
    appendChildren(node, pending);
    for (let i = first, j = pending.length - 1; i < j; i += 1, j -= 1) {
      [pending[i], pending[j]] = [pending[j], pending[i]];
    }
  }
}

const MAX_DEPTH = 50_000;
const MAX_STATEMENT_DEPTH = 1_000;

/**
 * Refuse trees on which later steps would take forever: indentation alone grows with the square of the depth.
 *
 * @throws {RangeError}
 */
export function checkDepth(tree) {
  const pending = [tree];
  const depths = [0]; // of each pending node: among all nodes, and among statements
  const statements = [0];
  while (pending.length > 0) {
    const node = pending.pop();
    const depth = depths.pop();
    const outer = statements.pop();
    if (depth > MAX_DEPTH || outer > MAX_STATEMENT_DEPTH) throw new RangeError('nested too deeply');
    const inner = node.type.endsWith('Statement') || isFunction(node) ? outer + 1 : outer;
    appendChildren(node, pending);
    while (depths.length < pending.length) {
      depths.push(depth + 1);
      statements.push(inner);
    }
  }
}
