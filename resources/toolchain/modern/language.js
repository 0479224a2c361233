/** What profile modern takes out of the language: whatever waits, and the machinery's own names. */

import { CompileProblem } from '../common/problem.js';
import { walk } from '../common/tree.js';

const MACHINERY = /^(?:_IOST(?:Instruction_counter|BinaryOp|TemplateTag|SpreadElement)|IOSTInstruction|_strata_\w*)$/;

/** What may be refused, beside what is called async. */
const SUSPECT = new Set(['AwaitExpression', 'ForOfStatement', 'ImportExpression']);

/**
 * @param {object} tree a Program.
 * @param {(line: number) => boolean} isLibrary lines in which such constructs stand but are disabled.
 * @throws {CompileProblem} at the first construct that is not allowed.
 */
export function checkLanguage(tree, isLibrary) {
  walk(tree, (node) => {
    if (node.type === 'Identifier' && MACHINERY.test(node.name)) {
      refuse(node, 'reserved-name', `the name ${node.name} is reserved`, 'Choose another name');
    }
    if (!node.async && !SUSPECT.has(node.type)) return;
    if (isLibrary(node.loc.start.line)) return;
    if (node.async) refuse(node, 'no-async', 'async functions are not supported', WAITING);
    switch (node.type) {
      case 'AwaitExpression':
        refuse(node, 'no-async', 'await is not supported', WAITING);
        break;
      case 'ForOfStatement':
        if (node.await) refuse(node, 'no-async', 'for await is not supported', WAITING);
        break;
      case 'ImportExpression':
        refuse(node, 'no-import', 'import() is not supported', 'Load the module with require() at the top instead');
        break;
      default:
    }
  });
}

const WAITING = 'A contract call runs to its end at once; nothing is left that could be waited for';

function refuse(node, code, text, explanation) {
  const { line } = node.loc.start;
  throw new CompileProblem(`Line ${line}: ${text}`, { code, loc: firstLine(node.loc), explanation });
}

/** Only the beginning of a long construct is marked. */
function firstLine({ start, end }) {
  return { start, end: end.line === start.line ? end : { line: start.line, column: start.column + 1 } };
}
