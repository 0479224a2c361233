/** Walking ESTree trees of either parser. */

const NOT_CHILDREN = new Set([
  'type',
  'loc',
  'range',
  'start',
  'end',
  'origin',
  'regex',
  'tokens',
  'errors',
  'comments',
]);

/** @returns {boolean} whether a field's value is a node. */
export function isNode(value) {
  return value !== null && typeof value === 'object' && typeof value.type === 'string';
}

/**
 * Children of a node in the order of the parser's fields.
 *
 * @param {object} node
 * @returns {object[]}
 */
export function childrenOf(node) {
  const children = [];
  for (const key of Object.keys(node)) {
    if (NOT_CHILDREN.has(key)) continue;
    const value = node[key];
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) children.push(element);
    } else if (isNode(value)) {
      children.push(value);
    }
  }
  return children;
}

/** @returns {boolean} whether the node is a function with a body of its own. */
export function isFunction(node) {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** Visit every node in pre-order. `enter` may return false to leave out a node's children. */
export function walk(root, enter) {
  const pending = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (enter(node) === false) continue;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i -= 1) pending.push(children[i]);
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
  const pending = [[tree, 0, 0]];
  while (pending.length > 0) {
    const [node, depth, statements] = pending.pop();
    if (depth > MAX_DEPTH || statements > MAX_STATEMENT_DEPTH) throw new RangeError('nested too deeply');
    const inner = statements + (node.type.endsWith('Statement') || isFunction(node) ? 1 : 0);
    for (const child of childrenOf(node)) pending.push([child, depth + 1, inner]);
  }
}
