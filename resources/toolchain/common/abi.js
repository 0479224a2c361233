/**
 * The interface of a contract, read off its source as the reference's `contract` tool does it: every public member of
 * the exported class, with argument types from the last comment in front of it.
 *
 *     /** @param {number} amount  (or: @param amount {number})
 *      *  @amountLimit iost 100.5 *\/
 *
 * Types are `string` (the default), `bool`, `number` and `json`. Two things differ from the tool, which would write
 * an interface that the chain refuses: other spellings (`boolean`, `Object`, …) are translated, and of members with
 * one name the last is taken, as the class does. `@amountLimit TOKEN VALUE` is ours.
 */

const TYPES = new Map([
  ['string', 'string'],
  ['bool', 'bool'],
  ['boolean', 'bool'],
  ['number', 'number'],
  ['int', 'number'],
  ['integer', 'number'],
  ['json', 'json'],
  ['object', 'json'],
  ['array', 'json'],
  ['any', 'json'],
]);
const DEFAULT_TYPE = 'string';
const AMOUNT_LIMIT = /@amountLimit\s+(\S+)\s+(unlimited|\d+(?:\.\d+)?)/g;

/**
 * The class behind `module.exports = NAME`, wherever that stands at top level.
 *
 * @param {object} tree a Program.
 * @returns {{exports: object | null, name: string, declaration: object | null}}
 */
export function exportedClass(tree) {
  let exports = null;
  for (const statement of tree.body) {
    const assignment = statement.type === 'ExpressionStatement' ? statement.expression : null;
    if (assignment?.type === 'AssignmentExpression' && isModuleExports(assignment.left)) exports = statement;
  }
  const value = exports?.expression.right;
  if (value?.type === 'ClassExpression') return { exports, name: value.id?.name ?? '', declaration: value };
  const name = value?.type === 'Identifier' ? value.name : '';
  return { exports, name, declaration: (name && declarationOf(tree, name)) || null };
}

function declarationOf(tree, name) {
  for (const statement of tree.body) {
    if (statement.type === 'ClassDeclaration' && statement.id.name === name) return statement;
    if (statement.type !== 'VariableDeclaration') continue;
    const found = statement.declarations.find(({ id, init }) => id.name === name && init?.type === 'ClassExpression');
    if (found) return found.init;
  }
  return null;
}

function isModuleExports(node) {
  return node.type === 'MemberExpression' && node.object.name === 'module' && node.property.name === 'exports';
}

/**
 * @param {object} tree a Program with `range`s.
 * @param {{value: string, range: [number, number]}[]} comments in source order.
 * @returns {{name: string, args: string[], amountLimit: {token: string, val: string}[]}[] | null} null without a class.
 */
export function deriveAbi(tree, comments) {
  const { declaration } = exportedClass(tree);
  if (!declaration) return null;
  const methods = new Map();
  let previousEnd = rangeOf(declaration.body)[0];
  for (const member of declaration.body.body) {
    const [start, end] = rangeOf(member);
    if (isPublic(member)) {
      const comment = comments.findLast(({ range }) => range[0] >= previousEnd && range[1] <= start);
      methods.delete(member.key.name);
      methods.set(member.key.name, {
        name: member.key.name,
        args: member.value.params.map((parameter) => typeOf(parameter, comment?.value ?? '')),
        amountLimit: [...(comment?.value ?? '').matchAll(AMOUNT_LIMIT)].map(([, token, val]) => ({ token, val })),
      });
    }
    previousEnd = end;
  }
  return [...methods.values()];
}

function isPublic(member) {
  if (member.type !== 'MethodDefinition' || member.key.type !== 'Identifier') return false;
  const { name } = member.key;
  return name !== 'init' && name !== 'constructor' && !name.startsWith('_');
}

function typeOf(parameter, comment) {
  const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  if (target.type === 'ObjectPattern' || target.type === 'ArrayPattern') return 'json';
  const { name } = target.type === 'RestElement' ? target.argument : target;
  if (name === undefined) return 'json';
  const quoted = name.replace(/\$/g, '\\$&');
  const pattern = new RegExp(`@param\\s*\\{\\s*(\\w+)\\s*\\}\\s*${quoted}|@param\\s+${quoted}\\s*\\{\\s*(\\w+)\\s*\\}`);
  const found = pattern.exec(comment);
  return (found && TYPES.get((found[1] ?? found[2]).toLowerCase())) ?? DEFAULT_TYPE;
}

function rangeOf(node) {
  return node.range ?? [node.start, node.end];
}
