/** Rules about the contract as a whole: export, class, `init`, interface, size. */

import { exportedClass } from '../common/abi.js';
import { endOf, head, methodsOf, nameOf } from './support.js';

const CODE_SIZE_LIMIT = 49152;

/** `module.exports` must name a class, in profile iost in the last statement. */
export function exportsClass({ tree, profile, report }) {
  const { exports, declaration } = exportedClass(tree);
  const classes = tree.body.filter((node) => node.type === 'ClassDeclaration');
  if (!exports) {
    const name = classes.length === 1 ? classes[0].id.name : 'Contract';
    report({
      severity: 'error',
      code: 'no-export',
      message: `no contract is exported; the source must end with \`module.exports = ${name};\``,
      loc: endOf(tree),
      fix: classes.length === 1 && {
        loc: endOf(tree),
        text: `\nmodule.exports = ${name};\n`,
        title: `Export ${name}`,
      },
    });
    return;
  }
  const isName = exports.expression.right.type === 'Identifier';
  if (profile === 'iost' && (!isName || tree.body.at(-1) !== exports)) {
    report({
      severity: 'error',
      code: 'wrong-export',
      message: 'the last statement must be `module.exports = NAME;` with the name of a class',
      loc: head(exports.loc),
    });
  } else if (profile === 'iost' ? declaration?.type !== 'ClassDeclaration' : !mayBeClass(exports.expression.right)) {
    report({
      severity: 'error',
      code: 'wrong-export',
      message: 'what is exported is not a class that this source declares at top level',
      loc: exports.loc,
    });
  }
}

const NO_CLASS = new Set(['ArrayExpression', 'ArrowFunctionExpression', 'Literal', 'ObjectExpression']);

/** Packed bundles export what a call or a variable holds. */
function mayBeClass({ type }) {
  return !NO_CLASS.has(type);
}

/** The class needs `init`, and no constructor. */
export function classMembers({ tree, report }) {
  const { declaration } = exportedClass(tree);
  if (!declaration) return;
  const { start } = declaration.body.loc;
  const inside = { line: start.line, column: start.column + 1 };
  const place = declaration.id?.loc ?? head(declaration.loc);
  if (!declaration.body.body.some((member) => member.key && nameOf(member) === 'init')) {
    report({
      severity: 'error',
      code: 'no-init',
      message: 'the contract class has no method `init`, which runs once when it is deployed',
      loc: place,
      fix: { loc: { start: inside, end: inside }, text: '\n    init() {\n    }\n', title: 'Add init()' },
    });
  }
  const constructor = declaration.body.body.find((member) => member.key && nameOf(member) === 'constructor');
  if (constructor) {
    report({
      severity: 'error',
      code: 'constructor',
      message: 'a contract class must not have a constructor; put what has to be done once into `init`',
      loc: constructor.key.loc,
    });
  }
}

const ARGUMENT_TYPES = ['string', 'bool', 'number', 'json'];

/** A given interface must fit the class. */
export function fitsInterface({ tree, abi, report }) {
  const { declaration } = exportedClass(tree);
  if (!declaration || !abi) return;
  const methods = methodsOf(declaration);
  const place = declaration.id?.loc ?? head(declaration.loc);
  for (const { name, args } of abi) {
    const method = methods.get(name);
    const misfit = misfitOf(name, args, method);
    if (misfit) report({ severity: 'error', code: 'abi-mismatch', message: misfit, loc: method?.key.loc ?? place });
  }
}

/** What the chain would refuse about an entry of the interface, first things first (spec/gas.md §9). */
function misfitOf(name, args, method) {
  if (name === 'init') return 'the interface lists init, which only the chain calls';
  if (name.startsWith('_')) return `the interface lists ${name}; names that begin with an underscore are private`;
  if (!method) return `the interface lists ${name}, but the class has no such method`;
  const { length } = method.value.params;
  if (length !== args.length) return `the interface gives ${name} ${args.length} arguments, the method has ${length}`;
  const unknown = args.find((type) => !ARGUMENT_TYPES.includes(type));
  if (unknown === undefined) return '';
  return `the interface gives ${name} an argument of type ${unknown}; the types are ${ARGUMENT_TYPES.join(', ')}`;
}

/** Types in doc comments that the chain does not know. */
export function documentedTypes({ tree, comments, report }) {
  const { declaration } = exportedClass(tree);
  if (!declaration) return;
  let previousEnd = declaration.body.range[0];
  for (const member of declaration.body.body) {
    const comment = comments.findLast(({ range }) => range[0] >= previousEnd && range[1] <= member.range[0]);
    previousEnd = member.range[1];
    if (!comment || member.type !== 'MethodDefinition' || nameOf(member).startsWith('_')) continue;
    for (const [, type] of comment.value.matchAll(/@param\s*\{\s*([^}]*?)\s*\}/g)) {
      if (/^(?:string|bool(?:ean)?|number|json)$/i.test(type)) continue;
      report({
        severity: 'hint',
        code: 'argument-type',
        message: `\`${type}\` is not an argument type of the chain; use string, bool, number or json`,
        loc: member.key.loc,
      });
    }
  }
}

/** The chain accepts 49152 bytes of code. */
export function codeSize({ tree, source, profile, report }) {
  const size = utf8Length(source);
  if (size <= CODE_SIZE_LIMIT) return;
  report({
    severity: profile === 'iost' ? 'error' : 'warning',
    code: 'code-size',
    message: `the source has ${size} bytes; the chain accepts ${CODE_SIZE_LIMIT}`,
    loc: head(tree.loc),
  });
}

function utf8Length(text) {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) length += 1;
    // A surrogate pair is two units and four bytes.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) length += 1;
  }
  return length;
}
