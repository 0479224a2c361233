/** Which source line each line of a generated text came from. */

import { walk } from './tree.js';

/**
 * @param {string} text generated text.
 * @param {object} tree its tree with `range` and, as `origin`, places in the source.
 * @returns {number[]} for each line of `text`, the line of the source (from 1).
 */
export function lineMap(text, tree) {
  const starts = lineStarts(text);
  const lines = new Array(starts.length).fill(0);
  const ends = new Array(starts.length).fill(0);
  walk(tree, (node) => {
    if (!node.origin || !node.range) return;
    const first = lineOf(starts, node.range[0]);
    if (lines[first] === 0) lines[first] = node.origin.start.line;
    ends[lineOf(starts, Math.max(node.range[0], node.range[1] - 1))] ||= node.origin.end.line;
  });
  let last = 1;
  return lines.map((line, i) => (last = line || ends[i] || last));
}

/** @returns {number[]} where each line of a text begins. */
export function lineStarts(text) {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** @returns {number} the line (from 0) in which a position is. */
export function lineOf(starts, position) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
