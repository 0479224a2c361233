/** Names that the reference's call script already holds (spec/gas.md §8.2), and what our wrapper must hide. */

import { rename } from '../common/renames.js';

/** No top level declaration of the contract may use these; the last two are declared behind the contract's text. */
const TAKEN = new Set([
  'storage',
  'blockchain',
  'console',
  'IOSTCrypto',
  'require',
  'BigNumber',
  'Int64',
  'Float64',
  'MaxInt64',
  'MinInt64',
  'MaxFloat64',
  'MinFloat64',
  'module',
  'emptyOptions',
  'Console',
  'block',
  'tx',
  'blockInfo',
  'txInfo',
  'obj',
  'rs',
]);

/** Functions of the library script: `var` and `function` may declare them again. */
const TAKEN_BY_FUNCTIONS = new Set(['format', 'formatWithOptions']);
/** Names that libraries look up while a contract runs: they find what it declares at its top level. */
const LOOKED_UP = new Set([
  ...TAKEN_BY_FUNCTIONS,
  'Array',
  'Error',
  'JSON',
  'Math',
  'Number',
  'Object',
  'String',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
]);

const LEXICAL = new Set(['let', 'const', 'class']);

/** Constants of the call script: an assignment throws. */
const CONSTANTS = new Set([
  'storage',
  'blockchain',
  'console',
  'IOSTCrypto',
  'require',
  'MaxInt64',
  'MinInt64',
  'MaxFloat64',
  'MinFloat64',
  'emptyOptions',
  'block',
  'tx',
  'blockInfo',
  'txInfo',
]);

const CONSTANT = '_strata_constant';
const TOP_LEVEL_ARGUMENTS = 'arguments_at_top_level';

/**
 * The beginning of a text that cannot be loaded because it declares a taken name, with the engine's own error.
 *
 * @param {import('../common/scopes.js').Analysis} analysis
 * @returns {{text: string, binding: object} | null}
 */
export function takenName(analysis) {
  for (const binding of analysis.root.bindings.values()) {
    const { name, kind } = binding;
    if (TAKEN.has(name) || (TAKEN_BY_FUNCTIONS.has(name) && LEXICAL.has(kind))) {
      return { text: `let ${name};let ${name};`, binding };
    }
  }
  return null;
}

/**
 * The beginning of a text that lets libraries find the contract's own variables; empty if it has none that they look up.
 *
 * @param {import('../common/scopes.js').Analysis} analysis
 */
export function ownNames(analysis) {
  const names = [...analysis.root.bindings.keys()].filter((name) => LOOKED_UP.has(name));
  for (const name of TAKEN_BY_FUNCTIONS) {
    if (analysis.globals.get(name)?.some(({ writes }) => writes)) names.push(name);
  }
  if (names.length === 0) return '';
  return `IOSTInstruction.own({${names.map((name) => `${name}:()=>${name}`).join(',')}});`;
}

/**
 * Uses of `arguments` at the top level, written as a name that does not exist: a script has none, and that of our
 * wrapper would hand out the runtime's parameters.
 *
 * @param {import('../common/scopes.js').Analysis} analysis
 * @returns {{start: number, end: number, name: string}[]}
 */
export function argumentsRenames(analysis) {
  return topLevelArguments(analysis)
    .filter(({ node, scope }) => !insideWrapper(node, scope))
    .map(({ node, shorthand }) => rename(node, TOP_LEVEL_ARGUMENTS, shorthand));
}

/**
 * Assignments to constants of the call script, written as assignments to a constant of the text.
 *
 * @param {import('../common/scopes.js').Analysis} analysis
 * @returns {{renames: {start: number, end: number, name: string}[], prefix: string}}
 */
export function constantRenames(analysis) {
  const renames = [];
  for (const name of CONSTANTS) {
    for (const { node, writes } of analysis.globals.get(name) ?? []) {
      if (writes) renames.push(rename(node, CONSTANT, false));
    }
  }
  return { renames, prefix: renames.length > 0 ? `const ${CONSTANT}=0;` : '' };
}

function topLevelArguments(analysis) {
  const uses = (analysis.globals.get('arguments') ?? []).filter(({ scope }) => scope.receiver.kind === 'program');
  const declared = analysis.root.bindings.get('arguments');
  if (!declared) return uses;
  const declarations = declared.identifiers.map((node) => ({ node, scope: analysis.root, shorthand: false }));
  const listed = new Set(declared.identifiers);
  return [...uses, ...declarations, ...declared.references.filter(({ node }) => !listed.has(node))];
}

/** Whether the use stands in the body of an expression-bodied arrow, which gets a function of its own. */
function insideWrapper(node, scope) {
  for (let { holder } = scope; holder.parent; { holder } = holder.parent) {
    const { body, type } = holder.node;
    if (type === 'ArrowFunctionExpression' && body.type !== 'BlockStatement' && contains(body, node)) return true;
  }
  return false;
}

function contains(outer, inner) {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}
