/**
 * Which parts of a packed source are not the author's. The packer writes a comment with its path in front of every
 * module (`// node_modules/x/index.js`); what stands in front of the first one is the packer's own.
 *
 * It does no harm to be taken in: library code is linted less, and what it must not do fails when it is done.
 */

const MODULE = /^[ \t]*\/\/ (\S.*\.(?:[cm]?[jt]sx?|json))$/;
const FOREIGN = /(?:^|\/)(?:node_modules|pack\/shims)\//;

/**
 * @param {string} source
 * @returns {(line: number) => boolean} whether a line (from 1) belongs to a library.
 */
export function libraryLines(source) {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/);
  const isForeign = (line) => FOREIGN.test(MODULE.exec(line)?.[1] ?? '');
  let current = lines.some(isForeign);
  if (!current) return () => false;
  const foreign = lines.map((line) => {
    if (MODULE.test(line)) current = isForeign(line);
    return current;
  });
  return (line) => foreign[line - 1] ?? false;
}
