/**
 * The position behind the next `token`, not counting comments.
 *
 * @param {string} source
 * @param {string} token
 * @param {number} start where to begin; nothing but comments and punctuation may stand in between.
 */
export function behind(source, token, start) {
  let position = start;
  while (!source.startsWith(token, position)) {
    if (source.startsWith('//', position)) position = endOfLine(source, position);
    else if (source.startsWith('/*', position)) position = source.indexOf('*/', position + 2) + 2;
    else position += 1;
  }
  return position + token.length;
}

function endOfLine(text, position) {
  const found = /[\n\r\u2028\u2029]/g;
  found.lastIndex = position;
  return found.exec(text).index;
}
