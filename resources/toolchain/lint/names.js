/** Rules about names: unused, undeclared, taken, declared twice, removed from the language. */

import { walk } from '../common/tree.js';
import { takenName } from '../iost/names.js';
import { nameOf } from './support.js';

const API = [
  'storage',
  'blockchain',
  'block',
  'tx',
  'blockInfo',
  'txInfo',
  'BigNumber',
  'Int64',
  'Float64',
  'MaxInt64',
  'MinInt64',
  'MaxFloat64',
  'MinFloat64',
  'IOSTCrypto',
  'console',
  'Console',
  'format',
  'formatWithOptions',
  'emptyOptions',
  'require',
  'module',
];
const LANGUAGE = [
  'undefined',
  'NaN',
  'Infinity',
  'arguments',
  'Object',
  'Array',
  'String',
  'Number',
  'Symbol',
  'Error',
  'JSON',
  'Math',
  'BigInt',
  'isNaN',
  'isFinite',
];
const TYPED_ARRAYS = ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64']
  .concat('BigInt64', 'BigUint64')
  .map((kind) => `${kind}Array`);
const MODERN_LANGUAGE = [
  'parseInt',
  'parseFloat',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'Boolean',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Proxy',
  'Reflect',
  'RegExp',
  'ArrayBuffer',
  'DataView',
  'Date',
  'Iterator',
  'globalThis',
  'exports',
  ...TYPED_ARRAYS,
];

/** Names that JavaScript has elsewhere, and contracts have not. */
const REMOVED = new Set([
  'Atomics',
  'Date',
  'FinalizationRegistry',
  'Function',
  'Intl',
  'Promise',
  'SharedArrayBuffer',
  'Temporal',
  'WeakRef',
  'WebAssembly',
  'clearInterval',
  'clearTimeout',
  'escape',
  'eval',
  'fetch',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'unescape',
]);

const KNOWN = {
  iost: new Set([...API, ...LANGUAGE]),
  modern: new Set([...API, ...LANGUAGE, ...MODERN_LANGUAGE]),
};

const MATH = new Set(['abs', 'cbrt', 'ceil', 'floor', 'log', 'log10', 'log1p', 'max', 'min', 'pow', 'round', 'sqrt'])
  .union(new Set(['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2']));

const REMOVED_MEMBERS = new Set([
  'at',
  'codePointAt',
  'copyWithin',
  'entries',
  'fill',
  'flat',
  'flatMap',
  'localeCompare',
  'match',
  'matchAll',
  'normalize',
  'padEnd',
  'padStart',
  'reduce',
  'reduceRight',
  'replaceAll',
  'some',
  'substr',
  'toLocaleString',
  'trimEnd',
  'trimStart',
  'values',
]);

/** Declared, but never read. */
export function unused({ analysis, report }) {
  for (const { name, kind, identifiers, references, scope } of analysis.bindings) {
    if (identifiers.length === 0 || name.startsWith('_') || kind === 'function-name' || kind === 'catch') continue;
    if (references.some(({ reads }) => reads)) continue;
    if (kind === 'parameter' && (isInterface(scope, analysis) || !isLastUsed(scope, identifiers[0]))) continue;
    const severity = kind === 'parameter' ? 'hint' : 'warning';
    const what = kind === 'parameter' ? 'parameter' : 'name';
    report({
      severity,
      code: kind === 'parameter' ? 'unused-parameter' : 'unused-variable',
      message: `the ${what} \`${name}\` is never used`,
      loc: identifiers[0].loc,
    });
  }
}

/** The parameters of a public method are what callers pass, used or not. */
function isInterface({ node }, analysis) {
  const member = analysis.parents.get(node);
  return member.type === 'MethodDefinition' && !nameOf(member).startsWith('_');
}

/** A parameter in front of a used one cannot be left out. */
function isLastUsed(scope, identifier) {
  const { params } = scope.node;
  const index = params.findIndex((parameter) => parameter === identifier);
  return params.slice(index + 1).every((later) => {
    const binding = scope.bindings.get(later.name);
    return !binding || !binding.references.some(({ reads }) => reads);
  });
}

/** Used, but neither declared nor part of a contract's world. */
export function undeclared({ analysis, profile, report }) {
  for (const [name, references] of analysis.globals) {
    if (KNOWN[profile].has(name)) continue;
    const gone = REMOVED.has(name) || (profile === 'iost' && KNOWN.modern.has(name));
    for (const { node, reads, scope, shorthand } of references) {
      if (isTypeofOperand(node, analysis)) continue;
      if (gone) {
        report({
          severity: 'warning',
          code: 'removed-builtin',
          message: `\`${name}\` is not available in a contract${advice(name)}`,
          loc: node.loc,
        });
      } else if (reads || scope.strict) {
        const message = `\`${name}\` is not declared`;
        // Packed libraries ask for names of other worlds in code that is never reached.
        const severity = profile === 'iost' ? 'error' : 'warning';
        report({ severity, code: 'undeclared', message, loc: node.loc });
      } else {
        report({
          severity: 'warning',
          code: 'undeclared',
          message: `\`${name}\` is not declared; the assignment makes a global variable that is lost after the call`,
          loc: node.loc,
          fix: isStatement(node, analysis) &&
            !shorthand && {
              loc: { start: node.loc.start, end: node.loc.start },
              text: 'let ',
              title: `Declare ${name}`,
            },
        });
      }
    }
  }
}

function advice(name) {
  if (name === 'Date' || name === 'performance') return '; use `block.time` or `tx.time`';
  if (name === 'eval' || name === 'Function') return '; code cannot be made at run time';
  if (name === 'parseInt' || name === 'parseFloat') return '; use `Number(text)`, Int64 or Float64';
  if (name === 'Map' || name === 'Set') return '; use plain objects and arrays, or storage maps';
  if (/^(?:set|clear)|^queue|^Promise$|^fetch$/.test(name)) return '; a call runs to its end at once';
  return '';
}

function isTypeofOperand(node, analysis) {
  const parent = analysis.parents.get(node);
  return parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
}

function isStatement(node, analysis) {
  const parent = analysis.parents.get(node);
  const statement = parent && analysis.parents.get(parent);
  return parent?.type === 'AssignmentExpression' && parent.operator === '=' && parent.left === node &&
    statement?.type === 'ExpressionStatement';
}

/** Names that the call script holds already: the contract could not be loaded. */
export function taken({ analysis, profile, report }) {
  if (profile !== 'iost') return;
  const found = takenName(analysis);
  if (!found) return;
  const [identifier] = found.binding.identifiers;
  report({
    severity: 'error',
    code: 'taken-name',
    message: `\`${identifier.name}\` is a name of the runtime; declaring it at top level makes every call fail`,
    loc: identifier.loc,
  });
}

const ONCE = new Set(['let', 'const', 'class']);

/** Two declarations of one name in one scope, of which the parser of profile iost says nothing. */
export function duplicates({ analysis, report }) {
  for (const { name, kind, identifiers } of analysis.bindings) {
    if (identifiers.length < 2 || !ONCE.has(kind)) continue;
    report({
      severity: 'error',
      code: 'duplicate-declaration',
      message: `\`${name}\` is declared twice; the contract cannot be loaded`,
      loc: identifiers[1].loc,
    });
  }
}

/** Members that profile iost sets to null. */
export function removedMembers({ tree, analysis, profile, report }) {
  if (profile !== 'iost') {
    randomness({ tree, analysis, report });
    return;
  }
  const own = new Set();
  walk(tree, (node) => {
    if (node.type === 'MethodDefinition' || node.type === 'Property') own.add(nameOf(node));
  });
  walk(tree, (node) => {
    if (node.type !== 'MemberExpression') return;
    const name = nameOf(node);
    if (isGlobal(node.object, 'Math', analysis)) {
      if (name && !MATH.has(name)) report(nulled(`Math.${name}`, node));
    } else if (REMOVED_MEMBERS.has(name) && !own.has(name) && analysis.parents.get(node).callee === node) {
      report(nulled(`.${name}()`, node));
    }
  });
}

function randomness({ tree, analysis, report }) {
  walk(tree, (node) => {
    if (node.type !== 'MemberExpression' || !isGlobal(node.object, 'Math', analysis)) return;
    if (nameOf(node) !== 'random') return;
    report({
      severity: 'warning',
      code: 'removed-member',
      message: '`Math.random` is not available: every node must compute the same',
      loc: node.loc,
    });
  });
}

function nulled(what, node) {
  return {
    severity: 'warning',
    code: 'removed-member',
    message: `\`${what}\` is not available in profile iost; calling it throws a TypeError`,
    loc: node.property.loc,
  };
}

function isGlobal(node, name, analysis) {
  return node.type === 'Identifier' && node.name === name && analysis.globals.has(name);
}

const MODULES = new Set(['storage', 'blockchain']);

/** `require` knows two modules in profile iost; anything else is an empty object. */
export function unknownModules({ tree, analysis, profile, report }) {
  if (profile !== 'iost' || !analysis.globals.has('require')) return;
  walk(tree, (node) => {
    if (node.type !== 'CallExpression' || node.callee.name !== 'require') return;
    const [argument] = node.arguments;
    if (argument?.type !== 'Literal' || MODULES.has(argument.value)) return;
    report({
      severity: 'warning',
      code: 'unknown-module',
      message: `\`require(${argument.raw})\` gives an empty object; pack the project to use other modules`,
      loc: node.loc,
    });
  });
}
