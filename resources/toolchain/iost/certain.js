/** Which uses of names cannot fail: those of variables of the same function that are certainly initialised. */

import { HELPERS } from './rewrite.js';

const WRITABLE = new Set(['var', 'let', 'parameter', 'function']);

/**
 * @param {import('../common/scopes.js').Analysis} analysis of a tree with `range`.
 * @returns {{readable: Set<object>, writable: Set<object>, failing: Set<object>}} identifiers that can be read, or
 *   written, without anything else happening, and all others that are uses of names.
 */
export function certainUses(analysis) {
  const readable = new Set();
  const writable = new Set();
  const failing = new Set();
  for (const binding of analysis.bindings) {
    const start = initialisedFrom(binding, analysis.parents);
    for (const { node, scope } of binding.references) {
      const isCertain = start === 0 || (scope.holder === binding.scope.holder && node.range[0] >= start);
      (isCertain ? readable : failing).add(node);
      if (isCertain && WRITABLE.has(binding.kind)) writable.add(node);
    }
  }
  for (const [name, references] of analysis.globals) {
    const uses = name === 'undefined' || HELPERS.includes(name) ? readable : failing;
    for (const { node } of references) uses.add(node);
  }
  return { readable, writable, failing };
}

/** The position from which a variable has a value for the code of its own function; 0 if it has one everywhere. */
function initialisedFrom({ kind, scope, identifiers }, parents) {
  switch (kind) {
    case 'parameter':
      return scope.node.params.every(({ type }) => type === 'Identifier') ? 0 : Infinity;
    case 'let':
    case 'const': {
      // A `case` can jump over declarations; the value of a `for-in` is there in its body only.
      if (scope.node.type === 'SwitchStatement') return Infinity;
      const declarator = parents.get(identifiers[0]);
      const declaration = parents.get(declarator);
      const { left, body } = parents.get(declaration);
      return left === declaration ? body.range[0] : declarator.range[1];
    }
    case 'class':
      return Infinity;
    default:
      return 0;
  }
}
