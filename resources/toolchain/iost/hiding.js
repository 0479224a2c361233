/**
 * `with` puts an object's members in front of all names: a member called like the counter would take its place, which
 * the reference overlooks. Inside `with`, the machinery therefore goes by names that a contract cannot know.
 */

import { COUNTER } from '../common/charge.js';
import { walk } from '../common/tree.js';
import { HELPERS } from './rewrite.js';

/**
 * @param {object} tree the regenerated tree, with `range`.
 * @returns {{prefix: string, hidden: string, renames: {start: number, end: number, name: string}[]}} `hidden` is the
 *   counter's name inside `with`; `prefix` declares the names.
 */
export function hideFromWith(tree) {
  const bodies = [];
  walk(tree, (node) => {
    if (node.type === 'WithStatement') bodies.push(node.body);
  });
  if (bodies.length === 0) return { prefix: '', hidden: COUNTER, renames: [] };
  const secret = randomText();
  const aliases = new Map([COUNTER, ...HELPERS].map((name) => [name, `${name}_${secret}`]));
  const renames = new Map();
  for (const body of bodies) {
    walk(body, (node) => {
      if (node.type !== 'Identifier' || !HELPERS.includes(node.name)) return;
      const [start, end] = node.range;
      renames.set(start, { start, end, name: aliases.get(node.name) });
    });
  }
  const declarations = [...aliases].map(([name, alias]) => `${alias}=${name}`);
  return { prefix: `const ${declarations.join(',')};`, hidden: aliases.get(COUNTER), renames: [...renames.values()] };
}

function randomText() {
  const digits = () => Math.floor(Math.random() * 36 ** 8).toString(36).padStart(8, '0');
  return digits() + digits();
}
