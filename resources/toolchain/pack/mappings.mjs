/**
 * Source maps as tables. A table has, for line i of a script, the places from `starts[i]` to `starts[i + 1]`, each with
 * its column and where it came from: index of the file (-1: added by the packer), line (from 0) and column there.
 */

const DIGIT = new Int8Array(128).fill(-1);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((character, value) => {
  DIGIT[character.charCodeAt(0)] = value;
});
const SEMICOLON = 59;
const COMMA = 44;

/**
 * @param {string} json a source map (version 3) as esbuild writes it.
 * @returns {{files: string[], sources: string[], starts: Int32Array, places: Int32Array[]}}
 */
export function decoded(json) {
  const { sources: files, sourcesContent: sources, mappings } = JSON.parse(json);
  const most = mappings.length >> 1;
  const [columns, origins, lines, originColumns] = [0, 0, 0, 0].map(() => new Int32Array(most + 1));
  const starts = [0];
  const state = [0, 0, 0, 0]; // column, file, line, column there; what a segment says is added to them
  let count = 0;
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let at = 0; at <= mappings.length; at += 1) {
    const code = at < mappings.length ? mappings.charCodeAt(at) : SEMICOLON;
    if (code !== SEMICOLON && code !== COMMA) {
      const digit = DIGIT[code];
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit < 32) {
        if (field < 4) state[field] += value & 1 ? -(value >> 1) : value >> 1;
        field += 1;
        value = 0;
        shift = 0;
      }
      continue;
    }
    if (field > 0) {
      columns[count] = state[0];
      origins[count] = field >= 4 ? state[1] : -1;
      lines[count] = state[2];
      originColumns[count] = state[3];
      count += 1;
      field = 0;
    }
    if (code === SEMICOLON) {
      starts.push(count);
      state[0] = 0;
    }
  }
  const places = [columns, origins, lines, originColumns].map((values) => values.slice(0, count));
  return { files, sources: sources ?? files.map(() => ''), starts: Int32Array.from(starts), places };
}

/** Adapt a table to a text whose pieces have moved within their lines: `columns` as for `columnOf`, by line. */
export function move({ starts, places: [places] }, columns) {
  for (const [line, moves] of Object.entries(columns)) {
    for (let i = starts[line]; i < starts[Number(line) + 1]; i += 1) places[i] = columnOf(moves, places[i]);
  }
}

/** Where a column is now; `moves` tells of each piece of the line where it was and where it is, in turn. */
function columnOf(moves, column) {
  let low = 0;
  let high = moves.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moves[2 * middle] <= column) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  const [old, now, , next = Infinity] = moves.slice(2 * low - 2, 2 * low + 2);
  return Math.min(now + column - old, next);
}

/**
 * @param {{line: number, map: object, from: number}[]} parts tables, in order: where one's line `from` is in a text.
 * @param {number} lineCount of that text.
 * @returns {object} the table of the text.
 */
export function joined(parts, lineCount) {
  const files = [];
  const sources = [];
  const starts = new Int32Array(lineCount + 1);
  const total = parts.reduce((sum, { map }) => sum + map.places[0].length, 0);
  const places = [0, 0, 0, 0].map(() => new Int32Array(total));
  let count = 0;
  let filled = 0;
  for (const { line, map, from } of parts) {
    for (; filled < line; filled += 1) starts[filled] = count;
    filled = line; // a text ends with a line break: its last line is the next one's first
    for (let i = from; i + 1 < map.starts.length && filled < lineCount; i += 1, filled += 1) {
      starts[filled] = count + map.starts[i];
    }
    map.places.forEach((values, i) => places[i].set(values, count));
    for (let i = count; i < count + map.places[1].length; i += 1) if (places[1][i] !== -1) places[1][i] += files.length;
    count += map.places[0].length;
    files.push(...map.files);
    sources.push(...map.sources);
  }
  for (; filled <= lineCount; filled += 1) starts[filled] = count;
  return { files, sources, starts, places };
}
