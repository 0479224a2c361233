/** What several rules look at. */

import { walk } from '../common/tree.js';

/** The place behind the last statement, where a line can be added. */
export function endOf(tree) {
  const { end } = tree.body.at(-1)?.loc ?? tree.loc;
  return { start: end, end };
}

/** A method's or property's plain name, empty if it is computed. */
export function nameOf({ key, property, computed }) {
  const named = key ?? property;
  if (named.type === 'Identifier' && !computed) return named.name;
  return named.type === 'Literal' ? String(named.value) : '';
}

/**
 * Whether a node is a call of a member of a global object of the API, such as `storage.put(…)`.
 *
 * @param {object} node
 * @param {string} object
 * @param {Set<string> | string} members
 */
export function isApiCall(node, object, members) {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  const { callee } = node;
  if (callee.object.type !== 'Identifier' || callee.object.name !== object) return false;
  const name = nameOf(callee);
  return typeof members === 'string' ? members === name : members.has(name);
}

/** Methods of a class by name: `{member, value}`; accessors and computed names are left out. */
export function methodsOf(declaration) {
  const methods = new Map();
  for (const member of declaration.body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'method' && nameOf(member)) {
      methods.set(nameOf(member), member);
    }
  }
  return methods;
}

/** Names of the class's methods that a node calls through `this`. */
export function ownCalls(node) {
  const names = new Set();
  walk(node, (inner) => {
    if (inner.type !== 'CallExpression' || inner.callee.type !== 'MemberExpression') return;
    if (inner.callee.object.type === 'ThisExpression') names.add(nameOf(inner.callee));
  });
  return names;
}

/** Whether anything inside a node satisfies a condition. */
export function contains(node, condition) {
  let found = false;
  walk(node, (inner) => {
    found ||= condition(inner);
    return !found;
  });
  return found;
}

/** Names of methods that satisfy a condition themselves or through methods they call. */
export function closure(methods, condition) {
  const marked = new Set([...methods].filter(([, member]) => contains(member, condition)).map(([name]) => name));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, member] of methods) {
      if (marked.has(name) || ![...ownCalls(member)].some((called) => marked.has(called))) continue;
      marked.add(name);
      grown = true;
    }
  }
  return marked;
}

/** Only the beginning of a long construct is marked. */
export function head({ start, end }) {
  return { start, end: end.line === start.line ? end : { line: start.line, column: start.column + 1 } };
}
