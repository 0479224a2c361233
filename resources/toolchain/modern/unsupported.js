/**
 * Libraries hold code that a contract never reaches: async functions, `import()`. It is kept, and throws when it is
 * reached: an async function loses its `async` and begins with an error.
 */

import { behind } from '../common/positions.js';
import { isFunction, walk } from '../common/tree.js';

const ASYNC_ERROR = 'null["async functions are not supported in contracts"];';
const IMPORT_ERROR = 'null["import() is not supported in contracts"]';

/**
 * @param {string} source
 * @param {object} tree
 * @returns {{replacements: {start: number, end: number, name: string}[], failing: Map<object, string>}} words to be
 *   written differently, and the statement with which a function's body has to begin.
 */
export function disableUnsupported(source, tree) {
  const replacements = [];
  const failing = new Map();
  const replaceWord = (position, word, name) => {
    const end = behind(source, word, position);
    replacements.push({ start: end - word.length, end, name });
  };
  walk(tree, (node) => {
    if (isFunction(node) && node.async) failing.set(node, ASYNC_ERROR);
    const value = node.type === 'MethodDefinition' || (node.type === 'Property' && node.method) ? node.value : null;
    if (value?.async) replaceWord(node.range[0], 'async', '');
    else if (isFunction(node) && node.async && source.startsWith('async', node.range[0])) {
      replaceWord(node.range[0], 'async', '');
    } else if (node.type === 'AwaitExpression') replaceWord(node.range[0], 'await', 'void');
    else if (node.type === 'ForOfStatement' && node.await) replaceWord(node.range[0], 'await', '');
    else if (node.type === 'ImportExpression') replaceWord(node.range[0], 'import', IMPORT_ERROR);
  });
  return { replacements, failing };
}
