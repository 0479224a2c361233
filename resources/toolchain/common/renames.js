/** Identifiers that compiled texts write differently. */

/**
 * What `Edits.replace` needs to write an identifier as `name`.
 *
 * @returns {{start: number, end: number, name: string}}
 */
export function rename(node, name, shorthand) {
  const [start, end] = node.range ?? [node.start, node.end];
  return { start, end, name: shorthand ? `${node.name}:${name}` : name };
}

const EVAL = '_strata_eval';
const EVAL_TEXT = 'Code generation from strings disallowed for this context';

/**
 * The contract's own uses of `eval` in the stepping variant: they must not reach the recorder's, and fail as they do
 * where there is none.
 *
 * @param {import('./scopes.js').Analysis} analysis
 * @returns {{renames: {start: number, end: number, name: string}[], prefix: string}}
 */
export function evalRenames(analysis) {
  const uses = analysis.globals.get('eval') ?? [];
  if (uses.length === 0) return { renames: [], prefix: '' };
  const failing = `{const error=new Error('${EVAL_TEXT}');error.name='EvalError';throw error;}`;
  return {
    renames: uses.map(({ node, shorthand }) => rename(node, EVAL, shorthand)),
    prefix: `const ${EVAL}=(text)=>{if(typeof text==='string')${failing}return text;};`,
  };
}
