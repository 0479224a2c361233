/** Source maps whose text changes within lines. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * @param {string} mappings of a source map (version 3).
 * @param {[number, number][][]} columns per line where each piece of it was and is now, in order; a line that is left
 *   out stays as it is.
 * @returns {string} the mappings of the text whose pieces have moved within their lines.
 */
export function moved(mappings, columns) {
  return mappings
    .split(';')
    .map((group, line) => {
      const places = columns[line];
      if (!group || !places) return group;
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
    })
    .join(';');
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
