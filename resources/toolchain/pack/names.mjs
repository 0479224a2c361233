/** What modules are called in a script: our own the same wherever Strata is installed. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of what is not Python, and that of our own stand-ins. */
export const RESOURCES = fileURLToPath(new URL('../../', import.meta.url));
export const SHIMS = fileURLToPath(new URL('./shims/', import.meta.url));

/** Our folders as esbuild names them, relative to another one, and what they are called instead. */
export function ourFolders(from) {
  const ours = path.relative(from, RESOURCES).replaceAll('\\', '/');
  return [
    [`${ours}/node_modules/`, 'strata/node_modules/'],
    [`${ours}/toolchain/pack/shims/`, 'strata/pack/shims/'],
  ];
}

/** Names replaced in a text; `columns` lists per changed line where its pieces were and are now, in turn. */
export function renamed(text, names) {
  const found = [];
  for (const [name, instead] of names) {
    for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) found.push({ at, name, instead });
  }
  found.sort((one, other) => one.at - other.at);
  const columns = [];
  let result = '';
  let from = 0;
  let line = 0;
  let lineStart = 0;
  let shift = 0;
  for (const { at, name, instead } of found) {
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < at; end = text.indexOf('\n', lineStart)) {
      line += 1;
      lineStart = end + 1;
      shift = 0;
    }
    result += text.slice(from, at) + instead;
    from = at + name.length;
    shift += instead.length - name.length;
    columns[line] ??= [0, 0];
    columns[line].push(from - lineStart, from - lineStart + shift);
  }
  return { text: result + text.slice(from), columns };
}
