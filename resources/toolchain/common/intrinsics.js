/** Whether a contract may change built-in objects, so that it needs a sandbox of its own for every run. */

import { isFunction, walk } from './tree.js';

const GATES = new Set(['__proto__', 'constructor', 'prototype', '__defineGetter__', '__defineSetter__']);
const META_FUNCTIONS = new Set(['defineProperties', 'defineProperty', 'getPrototypeOf', 'setPrototypeOf']);

/** Objects of the contract API that every frame gets anew; writing to their members harms nobody. */
const FRESH = new Set(['storage', 'blockchain', 'console', 'module', 'block', 'tx', 'blockInfo', 'txInfo', 'exports']);

/**
 * A cautious answer for sloppy code, in which everything is reachable: true unless the source shows no way.
 *
 * @param {object} tree
 * @param {import('./scopes.js').Analysis} analysis
 */
export function mayChangeIntrinsics(tree, analysis) {
  const uses = usesOf(analysis);
  const constructors = ownConstructors(tree, analysis);
  let found = createsGlobals(analysis);
  const methods = new Set();
  walk(tree, (node) => {
    if (found) return false;
    switch (node.type) {
      case 'MemberExpression':
        found = isGate(node, analysis, constructors) || isMetaFunction(node, uses);
        break;
      case 'Literal':
        found = GATES.has(node.value);
        break;
      case 'AssignmentExpression':
        found = isForeign(node.left, uses) || uses.has(node.right);
        if (node.left.type === 'MemberExpression') methods.add(node.right);
        break;
      case 'UpdateExpression':
      case 'UnaryExpression':
        found = (node.operator === '++' || node.operator === '--' || node.operator === 'delete') &&
          isForeign(node.argument, uses);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        found = isForeign(node.left, uses);
        break;
      case 'VariableDeclarator':
        found = uses.has(node.init);
        break;
      case 'CallExpression':
        found = node.callee.type === 'MemberExpression' && node.callee.object.name === 'Object' &&
          node.arguments.some((argument) => uses.has(argument));
        break;
      case 'Property':
      case 'MethodDefinition':
        methods.add(node.value);
        break;
      case 'ThisExpression':
        found = isGlobalObject(node, analysis, methods, constructors);
        break;
      default:
    }
    return !found;
  });
  return found;
}

/**
 * The answer for strict code with packed libraries, which define prototypes of their own all over: only
 * what visibly writes to a built-in counts.
 */
export function writesIntrinsics(tree, analysis) {
  const uses = usesOf(analysis);
  let found = false;
  walk(tree, (node) => {
    if (found) return false;
    if (node.type === 'AssignmentExpression') found = isForeign(node.left, uses);
    if (node.type === 'CallExpression' && isMetaFunction(node.callee, uses)) {
      const target = rootOf(node.arguments[0]);
      found = target !== null && uses.has(target);
    }
    return !found;
  });
  return found;
}

/** Identifiers that name something neither the contract nor a frame owns. */
function usesOf(analysis) {
  const nodes = new Set();
  for (const [name, references] of analysis.globals) {
    if (FRESH.has(name) || name === 'undefined' || name === 'arguments') continue;
    for (const { node } of references) nodes.add(node);
  }
  return nodes;
}

/** Assigning an undeclared name makes a member of the global object in sloppy code. */
function createsGlobals(analysis) {
  for (const references of analysis.globals.values()) {
    if (references.some(({ writes, scope }) => writes && !scope.strict)) return true;
  }
  return false;
}

/** Functions and classes of the contract by binding: their `prototype` is the contract's own. */
function ownConstructors(tree, analysis) {
  const own = new Map();
  for (const binding of analysis.bindings) {
    if (binding.kind !== 'function' && binding.kind !== 'class') continue;
    for (const { node } of binding.references) own.set(node, binding);
  }
  return own;
}

function isGate(node, analysis, constructors) {
  const { object, property, computed } = node;
  if (computed || !GATES.has(property.name)) return false;
  return property.name !== 'prototype' || !constructors.has(object);
}

function isMetaFunction(node, uses) {
  return (
    node.type === 'MemberExpression' &&
    (node.object.name === 'Object' || node.object.name === 'Reflect') &&
    uses.has(node.object) &&
    META_FUNCTIONS.has(node.property.name)
  );
}

/** Whether a written place is a member, at any depth, of something that is not the contract's. */
function isForeign(place, uses) {
  if (place.type !== 'MemberExpression') return false;
  const root = rootOf(place);
  if (root === null) return false;
  return uses.has(root) || (FRESH.has(root.name) && place.object !== root);
}

function rootOf(place) {
  let node = place;
  while (node?.type === 'MemberExpression') node = node.object;
  return node?.type === 'Identifier' ? node : null;
}

/** Whether `this` can be the global object: in sloppy functions that are not called as methods or with `new`. */
function isGlobalObject(node, analysis, methods, constructors) {
  const { receiver } = analysis.scopes.get(node);
  if (receiver.strict || receiver.node.type === 'PropertyDefinition') return false;
  const owner = receiver.node;
  if (!isFunction(owner)) return true;
  if (methods.has(owner)) return false;
  const uses = [...constructors].filter(([, binding]) => binding.identifiers.includes(owner.id));
  return uses.length === 0 || uses.some(([use]) => !onlyConstructed(use, analysis));
}

function onlyConstructed(use, analysis) {
  const parent = analysis.parents.get(use);
  return (
    (parent.type === 'NewExpression' && parent.callee === use) ||
    (parent.type === 'MemberExpression' && parent.object === use && parent.property.name === 'prototype') ||
    parent.type === 'BinaryExpression'
  );
}
