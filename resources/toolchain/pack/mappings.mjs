/** Source maps whose text changes within lines. */

const CONTENTS = '\n  "sourcesContent"';
const MAPPINGS = '\n  "mappings": "';
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * @param {string} map a source map as esbuild writes it.
 * @param {{sources?: (name: string) => string, columns: [number, number][][]}} changes
 * @returns {string} the map with its files named anew, for a text whose pieces have moved within their lines.
 */
export function changedMap(map, { sources = (name) => name, columns }) {
  // As esbuild lays it out; what lies between, the files' texts, is most of it and stays as it is.
  const contents = map.indexOf(CONTENTS);
  const start = map.indexOf(MAPPINGS, contents) + MAPPINGS.length;
  const end = map.indexOf('"', start);
  const head = JSON.parse(`${map.slice(0, contents - 1)}}`);
  const files = JSON.stringify(head.sources.map(sources));
  const mappings = moved(map.slice(start, end), columns);
  return `{\n  "version": 3,\n  "sources": ${files},${map.slice(contents, start)}${mappings}${map.slice(end)}`;
}

/**
 * @param {string} mappings of a source map (version 3).
 * @param {[number, number][][]} columns per line where each piece of it was and is now, in order; a line that is left
 *   out stays as it is.
 * @returns {string} the mappings of the text whose pieces have moved within their lines.
 */
function moved(mappings, columns) {
  const groups = mappings.split(';');
  for (const [line, places] of Object.entries(columns)) groups[line] = movedGroup(groups[line], places);
  return groups.join(';');
}

function movedGroup(group, places) {
  if (!group) return group;
  let oldColumn = 0;
  let newColumn = 0;
  return group
    .split(',')
    .map((segment) => {
      const [shift, length] = firstNumber(segment);
      oldColumn += shift;
      const column = columnOf(places, oldColumn);
      const encoded = encode(column - newColumn);
      newColumn = column;
      return encoded + segment.slice(length);
    })
    .join(',');
}

function columnOf(places, column) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle][0] <= column) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  const [old, now] = places[low - 1];
  const next = places[low]?.[1] ?? Infinity;
  return Math.min(now + column - old, next);
}

function firstNumber(segment) {
  let value = 0;
  let shift = 0;
  for (let i = 0; ; i += 1) {
    const digit = DIGITS.indexOf(segment[i]);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit < 32) return [value & 1 ? -(value >> 1) : value >> 1, i + 1];
  }
}

function encode(number) {
  let value = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const digit = value & 31;
    value >>>= 5;
    text += DIGITS[value > 0 ? digit | 32 : digit];
  } while (value > 0);
  return text;
}
