/** Rules about what an attacker or a growing state does to a contract. */

import { exportedClass } from '../common/abi.js';
import { walk } from '../common/tree.js';
import { closure, contains, isApiCall, methodsOf, nameOf } from './support.js';

const EXTERNAL = new Set(['call', 'callWithAuth', 'transfer', 'deposit', 'withdraw']);
const CALLING = new Set(['call', 'callWithAuth']);
const MOVING = new Set(['transfer', 'withdraw', 'callWithAuth']);
const CHECKING = new Set(['requireAuth', 'publisher', 'contractOwner', 'contextInfo']);
const WRITING = new Set(['put', 'del', 'mapPut', 'mapDel']);
const LISTING = new Set(['mapKeys', 'globalMapKeys']);
const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const VISITING = new Set(['forEach', 'map', 'filter', 'every', 'find', 'findIndex', 'some', 'reduce']);

const isExternal = (node) => isApiCall(node, 'blockchain', EXTERNAL);
const isWrite = (node) => isApiCall(node, 'storage', WRITING);
const isMove = (node) => isApiCall(node, 'blockchain', MOVING);

/** Built-in contracts (`*.iost`, and the token behind `transfer`) never call back. */
function isRisky(node) {
  if (!isApiCall(node, 'blockchain', CALLING)) return false;
  const [target] = node.arguments;
  return target?.type !== 'Literal' || !String(target.value).endsWith('.iost');
}

function isCheck(node) {
  if (isApiCall(node, 'blockchain', CHECKING)) return true;
  return node.type === 'MemberExpression' && node.object.name === 'tx' && nameOf(node) === 'publisher';
}

/** A callee may call back before the state says what happened: write first, call afterwards. */
export function writeAfterCall({ tree, report }) {
  const methods = contractMethods(tree);
  const externals = closure(methods, isExternal);
  const risky = closure(methods, isRisky);
  const writers = closure(methods, isWrite);
  for (const [name, member] of methods) {
    if (name === 'init') continue;
    const calls = placesOf(member, isExternal, externals);
    const loops = loopsOf(member).filter(({ range }) => calls.some((call) => within(call, range)));
    const first = Math.min(...calls.map(({ range }) => range[1]));
    const write = placesOf(member, isWrite, writers).find(
      (place) => place.range[0] >= first || loops.some(({ range }) => within(place, range)),
    );
    if (!write) continue;
    report({
      severity: risky.has(name) ? 'warning' : 'hint',
      code: 'write-after-call',
      message: `\`${name}\` writes storage after it called another contract, which may have called back; write before`,
      loc: write.loc,
    });
  }
}

/** Whoever may call a method that moves tokens should be asked who they are. */
export function uncheckedAuth({ tree, report }) {
  const methods = contractMethods(tree);
  const moving = closure(methods, isMove);
  const checking = closure(methods, isCheck);
  for (const [name, member] of methods) {
    if (name.startsWith('_') || name === 'init' || !moving.has(name) || checking.has(name)) continue;
    report({
      severity: 'warning',
      code: 'unchecked-auth',
      message: `\`${name}\` moves tokens, but nothing checks who calls it; use blockchain.requireAuth`,
      loc: member.key.loc,
    });
  }
}

/** A loop over everything in a storage map costs more with every entry, until it cannot be paid any more. */
export function unboundedLoops({ tree, analysis, report }) {
  const lists = new Set();
  for (const binding of analysis.bindings) {
    for (const { node } of binding.references) if (isList(initialiser(node, analysis))) lists.add(binding);
    for (const node of binding.identifiers) if (isList(initialiser(node, analysis))) lists.add(binding);
  }
  const isStored = (node) => {
    if (isList(node)) return true;
    if (node.type !== 'Identifier') return false;
    return [...lists].some(({ references }) => references.some((use) => use.node === node));
  };
  walk(tree, (node) => {
    let source = null;
    if (node.type === 'ForOfStatement' || node.type === 'ForInStatement') source = node.right;
    else if (node.type === 'ForStatement' || node.type === 'WhileStatement') source = node.test;
    else if (node.type === 'CallExpression' && VISITING.has(node.callee.property?.name)) source = node.callee.object;
    if (!source || !contains(source, isStored)) return;
    report({
      severity: 'warning',
      code: 'unbounded-loop',
      message: 'the loop visits every entry of a storage map; its gas grows with the map',
      loc: source.loc,
    });
  });
}

const isList = (node) => node !== null && isApiCall(node, 'storage', LISTING);

function initialiser(node, analysis) {
  const parent = analysis.parents.get(node);
  if (parent?.type === 'VariableDeclarator' && parent.id === node) return parent.init;
  return parent?.type === 'AssignmentExpression' && parent.left === node ? parent.right : null;
}

function contractMethods(tree) {
  const { declaration } = exportedClass(tree);
  return declaration ? methodsOf(declaration) : new Map();
}

/** Nodes that satisfy a condition, and calls of own methods that do. */
function placesOf(member, condition, marked) {
  const places = [];
  walk(member, (node) => {
    const direct = condition(node);
    const isOwn = node.type === 'CallExpression' && node.callee.object?.type === 'ThisExpression';
    if (direct || (isOwn && marked.has(nameOf(node.callee)))) places.push(node);
  });
  return places;
}

function loopsOf(member) {
  const loops = [];
  walk(member, (node) => {
    if (LOOPS.has(node.type)) loops.push(node);
  });
  return loops;
}

function within({ range }, [start, end]) {
  return start <= range[0] && range[1] <= end;
}
