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

/** The contract's own uses of `eval`, which must not reach the debugger's. */
export function evalRenames(analysis) {
  return (analysis.globals.get('eval') ?? []).map(({ node, shorthand }) => rename(node, '_strata_eval', shorthand));
}
