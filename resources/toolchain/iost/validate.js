/** Interface validation of the reference (spec/gas.md §9); it only parses and is independent of compiling. */

import { CompileProblem } from '../common/problem.js';
import { escapedSource, parse } from './parser.js';

const ARGUMENT_TYPES = ['string', 'bool', 'number', 'json'];
const MAX_NAME_LENGTH = 32;
const NAME_CHARACTER = /[A-Za-z0-9_]/;

/** A rule of the interface that is broken; the text is the reference's. */
class Refusal extends Error {}

/**
 * @param {string} source
 * @param {{name: string, args: string[], amountLimit?: {token: any, val: any}[]}[] | null} abi
 * @returns {string | null} the chain's error text, or null if the interface is accepted.
 */
export function validate(source, abi) {
  let tree;
  try {
    tree = parse(escapedSource(source), {});
  } catch (error) {
    if (!(error instanceof CompileProblem)) throw error;
    return `validate code error: Uncaught exception: ${error.errorClass}: ${error.message}, result: `;
  }
  try {
    checkInterface(tree.body, abi);
  } catch (error) {
    if (error instanceof Refusal) return `validate code error: , result: Error: ${error.message}`;
    if (error instanceof TypeError && !Array.isArray(abi)) {
      return 'validate code error: , result: TypeError: abi is not iterable';
    }
    throw error;
  }
  return null;
}

function checkInterface(statements, abi) {
  const className = exportedName(statements);
  const methods = methodsOf(statements, className);
  if (!methods.has('init')) throw new Refusal('init not found!');
  for (const entry of abi) checkEntry(entry, methods);
}

/** The name behind `module.exports = NAME;` at the end. */
function exportedName(statements) {
  if (statements.length < 2) throw new Refusal('empty source code.');
  const last = statements[statements.length - 1];
  const assignment = last.type === 'ExpressionStatement' ? last.expression : null;
  const exported =
    assignment?.type === 'AssignmentExpression' &&
    assignment.operator === '=' &&
    isModuleExports(assignment.left) &&
    assignment.right.type === 'Identifier';
  if (!exported) throw new Refusal("last expression must be 'module.exports = CLASS_IDENTIFIER;'");
  return assignment.right.name;
}

/** Only the two names count: `module[exports]` passes as well. */
function isModuleExports(node) {
  return node.type === 'MemberExpression' && node.object.name === 'module' && node.property.name === 'exports';
}

/**
 * Members of the first top level class of that name: name → parameter count, the last of a name winning.
 * A key counts if it is a plain name, even in brackets.
 */
function methodsOf(statements, className) {
  const declaration = statements.find((node) => node.type === 'ClassDeclaration' && node.id.name === className);
  if (!declaration) throw new Refusal('abi not match your source code.');
  const methods = new Map();
  for (const { key, value } of declaration.body.body) {
    if (key.name === 'constructor') throw new Refusal("smart contract class shouldn't contain constructor method!!");
    if (key.type === 'Identifier') methods.set(key.name, value.params.length);
  }
  return methods;
}

function checkEntry({ name, args, amountLimit }, methods) {
  if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
    throw new Refusal(`abi name invalid. abi name length should be between 1,32  got ${name}`);
  }
  if (name[0] === '_') throw new Refusal("abi name invalid. abi name shouldn't start with _");
  for (let i = 0; i < name.length; i += 1) {
    if (!NAME_CHARACTER.test(name[i])) {
      throw new Refusal(`abi name invalid. abi name contains invalid character ${name[i].toWellFormed()}`);
    }
  }
  for (const limit of amountLimit ?? []) checkAmountLimit(limit);
  if (name === 'init') throw new Refusal("abi shouldn't contain internal function: init");
  if (!methods.has(name)) throw new Refusal(`abi not defined in source code: ${name}`);
  if (methods.get(name) !== args?.length) throw new Refusal(`args length not match: ${name}`);
  if (args.some((type) => !ARGUMENT_TYPES.includes(type))) {
    throw new Refusal('args should be one of ["string", "bool", "number", "json"]');
  }
}

function checkAmountLimit(limit) {
  for (const field of ['token', 'val']) {
    if (typeof limit[field] !== 'string') {
      throw new Refusal(`amountLimit invalid. ${field} in amountLimit should be string type. limit = ${limit}`);
    }
  }
}
