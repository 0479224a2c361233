/** All places of the name at a place of a file, for going to its definition and renaming it. */

import { Parser } from 'acorn';

import { CompileProblem } from './problem.js';
import { analyse } from './scopes.js';
import { checkDepth, walk } from './tree.js';

const OPTIONS = {
  ecmaVersion: 'latest',
  locations: true,
  allowHashBang: true,
  allowReturnOutsideFunction: true,
};

/**
 * Find what the name at a place stands for: a binding, or a member that a class gives itself (`this.name`).
 *
 * @param {string} source a script or module.
 * @param {number} line from 1.
 * @param {number} column in UTF-16 units; the place behind the last letter belongs to the name as well.
 * @returns {{name: string, kind: string, places: object[], taken: string[]} | null} null if no such name stands there.
 *   `taken` are names that mean something else already where this one is used.
 * @throws {CompileProblem}
 */
export function occurrences(source, line, column) {
  const analysis = analyse(parse(source), { strict: true });
  const isHere = ({ loc: { start, end } }) =>
    start.line === line && end.line === line && start.column <= column && column <= end.column;
  for (const binding of analysis.bindings) {
    const uses = [...binding.identifiers, ...binding.references.map(({ node }) => node)];
    if (binding.identifiers.length > 0 && uses.some(isHere)) {
      const declaring = new Set(binding.identifiers);
      const taken = [...analysis.globals.keys(), ...analysis.bindings.map(({ name }) => name)];
      return answer(binding.name, binding.kind, uses, declaring, analysis, taken);
    }
  }
  for (const members of membersOf(analysis).values()) {
    for (const [name, { uses, declaring }] of members) {
      if (uses.some(isHere)) return answer(name, 'member', uses, declaring, analysis, [...members.keys()]);
    }
  }
  return null;
}

function parse(source) {
  let first;
  for (const sourceType of ['module', 'script']) {
    try {
      const tree = Parser.parse(source, { ...OPTIONS, sourceType });
      checkDepth(tree);
      return tree;
    } catch (error) {
      if (!(error instanceof SyntaxError) || !error.loc) throw error;
      first ??= error;
    }
  }
  const { line, column } = first.loc;
  throw new CompileProblem(`Line ${line}: ${first.message.replace(/ \(\d+:\d+\)$/, '')}`, {
    code: 'syntax',
    loc: { start: { line, column }, end: { line, column: column + 1 } },
    explanation: '',
  });
}

/** @returns {Map<object, Map<string, {uses: object[], declaring: Set<object>}>>} by class and name. */
function membersOf(analysis) {
  const classes = new Map();
  const add = (node, identifier, declares) => {
    let owner = analysis.parents.get(node);
    while (owner && owner.type !== 'ClassBody') owner = analysis.parents.get(owner);
    if (!owner) return;
    const name = identifier.type === 'PrivateIdentifier' ? `#${identifier.name}` : identifier.name;
    if (!classes.has(owner)) classes.set(owner, new Map());
    const members = classes.get(owner);
    if (!members.has(name)) members.set(name, { uses: [], declaring: new Set() });
    members.get(name).uses.push(identifier);
    if (declares) members.get(name).declaring.add(identifier);
  };
  walk(analysis.root.node, (node) => {
    if (node.computed) return;
    if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') {
      if (isName(node.key)) add(node, node.key, true);
    } else if (node.type === 'MemberExpression' && node.object.type === 'ThisExpression') {
      add(node, node.property, false);
    }
  });
  return classes;
}

function isName({ type }) {
  return type === 'Identifier' || type === 'PrivateIdentifier';
}

function answer(name, kind, uses, declaring, analysis, taken) {
  const places = new Map();
  for (const node of uses) {
    const { start, end } = node.loc;
    const known = places.get(node.start);
    places.set(node.start, {
      line: start.line,
      column: start.column,
      endColumn: end.column,
      declares: declaring.has(node) || known?.declares === true,
      shorthand: isShorthand(node, analysis),
    });
  }
  const inOrder = [...places.entries()].sort(([first], [second]) => first - second).map(([, place]) => place);
  return { name, kind, places: inOrder, taken: [...new Set(taken)] };
}

/** Whether the identifier also is the key of a property: `{ name }`. */
function isShorthand(node, { parents }) {
  let parent = parents.get(node);
  if (parent?.type === 'AssignmentPattern' && parent.left === node) parent = parents.get(parent);
  return parent?.type === 'Property' && parent.shorthand;
}
