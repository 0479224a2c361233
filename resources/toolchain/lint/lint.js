/** Lint: runs all rules over a tree and collects what they find, in source order. */

import { RULES } from './rules.js';

const SEVERITIES = ['error', 'warning', 'hint'];
const MAX_FINDINGS = 300;

/**
 * @typedef {object} Finding
 * @property {'error' | 'warning' | 'hint'} severity
 * @property {string} code stable name of the rule.
 * @property {string} message
 * @property {{start: {line: number, column: number}, end: {line: number, column: number}}} loc
 * @property {{loc: object, text: string, title: string}} [fix]
 */

/**
 * @param {object} tree a Program with `loc`.
 * @param {import('../common/scopes.js').Analysis} analysis its analysis.
 * @param {{profile: string, comments: object[], source: string, abi: object[] | null,
 *   isLibrary?: (line: number) => boolean}} context `source` as it was parsed; findings in a library are left out.
 * @returns {object[]} findings as JSON (`engine/compiler/answers.py`, Finding).
 */
export function lint(tree, analysis, context) {
  /** @type {Finding[]} */
  const findings = [];
  const report = (finding) => findings.push(finding);
  for (const rule of RULES[context.profile]) rule({ ...context, tree, analysis, report });
  const { isLibrary = () => false } = context;
  return mostImportant(findings.filter(({ loc }) => !isLibrary(loc.start.line)))
    .sort((a, b) => compare(a.loc.start, b.loc.start))
    .map(findingJson);
}

/** Nobody reads a thousand findings; packed libraries have them. */
function mostImportant(findings) {
  if (findings.length <= MAX_FINDINGS) return findings;
  const rank = ({ severity }) => SEVERITIES.indexOf(severity);
  return findings.sort((a, b) => rank(a) - rank(b)).slice(0, MAX_FINDINGS);
}

function compare(a, b) {
  return a.line - b.line || a.column - b.column;
}

function findingJson({ severity, code, message, loc, fix }) {
  return {
    severity,
    code,
    message,
    ...rangeJson(loc),
    fix: fix ? { ...editRange(fix.loc), text: fix.text } : null,
    fixTitle: fix?.title ?? '',
  };
}

function rangeJson({ start, end }) {
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

function editRange({ start, end }) {
  return { line: start.line, column: start.column, end_line: end.line, end_column: end.column };
}
