/**
 * The entry module as its interface is read off it: one plain class with its comments, exported as CommonJS.
 *
 * An ES module's class is its default export. TypeScript's parameter types are written into doc comments: `number`,
 * `boolean` and `string` as they are, everything else is `json`; a type in a doc comment that is there already wins.
 */
import { stripTypeScriptTypes } from 'node:module';
import { parse } from 'acorn';
import esbuild from 'esbuild';

const TYPESCRIPT = /\.[cm]?tsx?$/;
const PLAIN_TYPES = new Set(['number', 'boolean', 'string']);

/**
 * @param {string} text the module.
 * @param {string} file its name.
 * @returns {Promise<string>} the text itself if nothing has to be changed or no class is found.
 */
export async function entrySource(text, file) {
  const typed = TYPESCRIPT.test(file);
  const { plain, aligned } = typed ? await withoutTypes(text) : { plain: text, aligned: true };
  const comments = [];
  let tree;
  try {
    tree = parse(plain, {
      ecmaVersion: 'latest',
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      onComment: (block, value, start, end) => comments.push({ value, start, end }),
    });
  } catch {
    return plain; // what is wrong with it has been told by the packer
  }
  const found = exportedClass(tree);
  if (!found) return plain;
  const { name, node } = found;
  const body = typed
    ? typedBody(text, plain, node, aligned ? comments : null)
    : plain.slice(node.body.start, node.body.end);
  return `class ${name} ${body}\nmodule.exports = ${name};\n`;
}

/** JavaScript of the same meaning; `aligned` if every character kept its place. */
async function withoutTypes(text) {
  try {
    return { plain: stripTypeScriptTypes(text, { mode: 'strip' }), aligned: true };
  } catch (error) {
    if (error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw error;
  }
  return { plain: (await esbuild.transform(text, { loader: 'ts', target: 'es2024' })).code, aligned: false };
}

/** The class behind `export default`, `export { X as default }` or `module.exports =`. */
function exportedClass(tree) {
  for (const statement of tree.body) {
    const value = exportedValue(statement);
    if (!value) continue;
    if (value.type === 'ClassDeclaration' || value.type === 'ClassExpression') {
      return { name: value.id?.name ?? 'Contract', node: value };
    }
    const node = value.type === 'Identifier' ? declaredClass(tree, value.name) : null;
    if (node) return { name: value.name, node };
  }
  return null;
}

function exportedValue(statement) {
  if (statement.type === 'ExportDefaultDeclaration') return statement.declaration;
  if (statement.type === 'ExportNamedDeclaration' && !statement.source) {
    return statement.specifiers.find(({ exported }) => exported.name === 'default')?.local;
  }
  const assignment = statement.type === 'ExpressionStatement' ? statement.expression : null;
  if (assignment?.type !== 'AssignmentExpression' || assignment.left.type !== 'MemberExpression') return undefined;
  const { object, property } = assignment.left;
  return object.name === 'module' && property.name === 'exports' ? assignment.right : undefined;
}

function declaredClass(tree, name) {
  for (const statement of tree.body) {
    const declaration = statement.declaration ?? statement;
    if (declaration.type === 'ClassDeclaration' && declaration.id.name === name) return declaration;
    if (declaration.type !== 'VariableDeclaration') continue;
    const found = declaration.declarations.find(({ id, init }) => id.name === name && init?.type === 'ClassExpression');
    if (found) return found.init;
  }
  return null;
}

/** The class's methods without their bodies, each with a doc comment that gives its parameters' types. */
function typedBody(text, plain, node, comments) {
  const methods = [];
  let previousEnd = node.body.start;
  for (const member of node.body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'method' && member.key.type === 'Identifier') {
      const { name } = member.key;
      const seen = comments
        ? { types: alignedTypes(text, plain, member), comment: lastComment(comments, previousEnd, member.start) }
        : searched(text, name);
      const parameters = member.value.params.map(parameterName);
      const lines = parameters.map((parameter, i) => {
        const type = typeOf(seen.types[i]);
        return type && parameter ? ` @param {${type}} ${parameter}` : '';
      });
      const shown = parameters.map((parameter, i) => parameter ?? `argument${i}`).join(', ');
      methods.push(`/** ${seen.comment.replaceAll('*/', '')}${lines.join('')} */\n  ${name}(${shown}) {}`);
    }
    previousEnd = member.end;
  }
  return `{\n  ${methods.join('\n  ')}\n}`;
}

function parameterName(parameter) {
  const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
  const named = target.type === 'RestElement' ? target.argument : target;
  return named.name;
}

function typeOf(annotation) {
  const type = annotation?.trim();
  if (!type) return '';
  return PLAIN_TYPES.has(type) ? type : 'json';
}

/** Annotations where each character kept its place: what stood behind a parameter's name and is blank now. */
function alignedTypes(text, plain, member) {
  return member.value.params.map((parameter) => {
    const target = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
    const blank = /^\s*/.exec(plain.slice(target.end))[0].length;
    return /^\s*\??\s*:([^]*)$/.exec(text.slice(target.end, target.end + blank))?.[1];
  });
}

function lastComment(comments, from, to) {
  return comments.findLast(({ start, end }) => start >= from && end <= to)?.value ?? '';
}

/** Annotations and doc comment of the first definition of a method of this name in the original text. */
function searched(text, name) {
  const comment = '(?:/\\*\\*((?:[^*]|\\*(?!/))*)\\*/\\s*)?';
  const words = '(?:@\\w+(?:\\([^)]*\\))?\\s*)*(?:public\\s+)?';
  const pattern = new RegExp(`(?:^|\\n)[ \\t]*${comment}${words}${name}\\s*\\(`, 'g');
  for (const match of text.matchAll(pattern)) {
    const [parameters, rest] = untilClosed(text, match.index + match[0].length);
    if (!/^\s*(?::[^;]*?)?\{/.test(rest)) continue;
    return { types: parameters.map(annotationOf), comment: match[1] ?? '' };
  }
  return { types: [], comment: '' };
}

/** The texts between commas up to the closing bracket, and what follows. */
function untilClosed(text, start) {
  const parts = [];
  let depth = 0;
  let from = start;
  for (let i = start; i < text.length; i += 1) {
    if ('([{<'.includes(text[i])) depth += 1;
    else if (depth > 0 && (')]}'.includes(text[i]) || (text[i] === '>' && text[i - 1] !== '='))) depth -= 1;
    else if (depth === 0 && (text[i] === ',' || text[i] === ')')) {
      parts.push(text.slice(from, i));
      from = i + 1;
      if (text[i] === ')') return [parts, text.slice(i + 1)];
    }
  }
  return [parts, ''];
}

/** `: type` of a parameter; a pattern's own braces come before it. */
function annotationOf(parameter) {
  return /^\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:\.\.\.)?(?:[\w$]+|\{[^}]*\}|\[[^\]]*\])\s*\??\s*:([^=]*(?:=>[^=]*)?)/.exec(
    parameter,
  )?.[1];
}
