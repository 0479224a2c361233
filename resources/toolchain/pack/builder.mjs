/**
 * Makes one CommonJS script of a module and everything it needs. esbuild contexts are kept, so packing again after a
 * change only does what the change asks for.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { builtIns, SHIMS } from './built-ins.mjs';
import { compact } from './compact.mjs';
import { changedMap } from './mappings.mjs';

const RESOURCES = fileURLToPath(new URL('../../', import.meta.url));
const KEPT_CONTEXTS = 8;
const MOST_ROUNDS = 6;

/** `export default` of an ES module is what the contract exports. */
const DEFAULT_EXPORT =
  'if (module.exports && module.exports.__esModule && module.exports.default) module.exports = module.exports.default;';

const MARK = '__strata_';

/** Global names that a chain has not, or not so, with what stands in for them and the module that brings it. */
const GLOBALS = {
  Buffer: { value: `${MARK}Buffer`, shim: 'buffer.js' },
  process: { value: `${MARK}process`, shim: 'process.js' },
  TextEncoder: { value: `${MARK}TextEncoder`, shim: 'text-encoding.js' },
  TextDecoder: { value: `${MARK}TextDecoder`, shim: 'text-encoding.js' },
  Promise: { value: `${MARK}Promise`, shim: 'promise.js' },
  crypto: { value: `${MARK}crypto`, shim: 'web-crypto.js' },
  globalThis: { value: `${MARK}global`, shim: 'global.js' },
  global: { value: `${MARK}global`, shim: 'global.js' },
};
const STAND_INS = [...new Map(Object.values(GLOBALS).map((one) => [one.value, one])).values()];

const contexts = new Map();

/** Which stand-ins for globals each project was seen to need: only those are packed. */
const standInsOf = new Map();

/**
 * @param {{directory: string, entry: string, minify: string, limit: number}} request `minify` is `never`, `always`, or
 *   `large`: only a script of more than `limit` bytes.
 * @returns {Promise<{code: string, map: string, plainSize: number, metafile: object, warnings: object[]}>}
 * @throws esbuild's failure with `errors`, and with the `metafile` of what could be read.
 */
export async function build({ directory, entry, minify, limit }) {
  let result;
  try {
    result = await rebuilt(directory, entry, false);
  } catch (error) {
    if (error.errors) error.metafile = await readable(directory, entry, error.errors);
    throw error;
  }
  let script = scriptOf(result, directory);
  const plainSize = Buffer.byteLength(script.code);
  const isLarge = () => Buffer.byteLength(script.code) > limit;
  if (minify === 'always' || (minify === 'large' && isLarge())) script = compact(script);
  if (minify === 'always' || (minify === 'large' && isLarge())) {
    result = await rebuilt(directory, entry, true);
    script = compact(scriptOf(result, directory));
  }
  return { ...script, plainSize, metafile: result.metafile, warnings: result.warnings };
}

/** Forget everything and end esbuild's process. */
export async function close() {
  await Promise.all([...contexts.values()].map((context) => context.dispose()));
}

/** Build; a second time if that shows that other stand-ins for globals have to be packed. */
async function rebuilt(directory, entry, simplified) {
  const project = JSON.stringify([directory, entry]);
  let standIns = standInsOf.get(project) ?? [];
  for (let round = 1; ; round += 1) {
    const context = await contextFor(directory, entry, standIns, simplified);
    const result = await context.rebuild();
    if (round === MOST_ROUNDS) return result;
    const now = neededIn(outputOf(result, '.js'), standIns);
    if (now.join() === standIns.join()) return result;
    // What a stand-in needs itself is only seen once it is packed; what is gone now may have needed others.
    standIns = now.every((value) => standIns.includes(value)) ? now : [...new Set([...standIns, ...now])].sort(byOrder);
    standInsOf.set(project, standIns);
  }
}

function byOrder(one, other) {
  const place = (value) => STAND_INS.findIndex((standIn) => standIn.value === value);
  return place(one) - place(other);
}

/** The stand-ins that are named: those that are packed, by more than their own definition. */
function neededIn(code, packed) {
  const uses = new Map();
  for (const [name] of code.matchAll(/\b__strata_\w+/g)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const isNeeded = ({ value }) => (uses.get(value) ?? 0) > (packed.includes(value) ? OWN_USES[value] : 0);
  return STAND_INS.filter(isNeeded).map(({ value }) => value);
}

/** How often the script names a stand-in that nobody else does. */
const OWN_USES = {
  [`${MARK}Buffer`]: 1,
  [`${MARK}process`]: 1,
  [`${MARK}TextEncoder`]: 1,
  [`${MARK}TextDecoder`]: 1,
  [`${MARK}Promise`]: 3,
  [`${MARK}crypto`]: 1,
  [`${MARK}global`]: 1,
};

async function contextFor(directory, entry, standIns, simplified) {
  const key = JSON.stringify([directory, entry, standIns, simplified]);
  const known = contexts.get(key);
  if (known) {
    contexts.delete(key);
    contexts.set(key, known);
    return known;
  }
  const shims = STAND_INS.filter(({ value }) => standIns.includes(value)).map(({ shim }) => path.join(SHIMS, shim));
  const context = await esbuild.context({
    ...optionsFor(directory, entry),
    minifySyntax: simplified,
    inject: [...new Set(shims)],
    plugins: [builtIns],
  });
  contexts.set(key, context);
  for (const oldest of contexts.keys()) {
    if (contexts.size <= KEPT_CONTEXTS) break;
    await contexts.get(oldest).dispose();
    contexts.delete(oldest);
  }
  return context;
}

function optionsFor(directory, entry) {
  return {
    absWorkingDir: directory,
    entryPoints: [entry],
    outfile: path.join(directory, path.dirname(entry), 'bundle.js'), // sources are named relative to the entry's folder
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'es2024',
    charset: 'utf8',
    metafile: true,
    sourcemap: 'external',
    sourcesContent: true,
    legalComments: 'none',
    logLevel: 'silent',
    logLimit: 0,
    define: {
      [`${MARK}real_global`]: 'globalThis',
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(Object.entries(GLOBALS).map(([name, { value }]) => [name, value])),
    },
    footer: { js: DEFAULT_EXPORT },
  };
}

/** What could be read of a project that cannot be packed: who imports whom. */
async function readable(directory, entry, errors) {
  const names = new Set(errors.map(({ text }) => /^Could not resolve "(.*)"/.exec(text)?.[1]).filter(Boolean));
  const unreadable = errors.filter(
    ({ pluginName, text, location }) => location && !pluginName && !text.startsWith('Could not resolve'),
  );
  const files = new Set(unreadable.map(({ location }) => path.resolve(directory, location.file)));
  const lenient = {
    name: 'strata-lenient',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (request) =>
        names.has(request.path) || /^node:/.test(request.path) ? { path: request.path, external: true } : undefined,
      );
      build.onLoad({ filter: /.*/ }, ({ path: file }) =>
        files.has(file) ? { contents: '', loader: 'js' } : undefined,
      );
    },
  };
  try {
    return (await esbuild.build({ ...optionsFor(directory, entry), plugins: [lenient] })).metafile;
  } catch (error) {
    if (!error.errors) throw error;
    return { inputs: {}, outputs: {} };
  }
}

/** Script and map, the same wherever Strata is installed: our own modules are named without their folder. */
function scriptOf(result, directory) {
  const map = outputOf(result, '.map');
  const { text: code, columns } = renamed(outputOf(result, '.js'), ourFolders(directory));
  if (columns.length === 0) return { code, map };
  const { entryPoint } = Object.values(result.metafile.outputs).find((output) => output.entryPoint);
  const names = ourFolders(path.dirname(path.resolve(directory, entryPoint)));
  return { code, map: changedMap(map, { sources: (one) => renamed(one, names).text, columns }) };
}

/** Our folders as esbuild names them, relative to another one, and what they are called instead. */
function ourFolders(from) {
  const ours = path.relative(from, RESOURCES).replaceAll('\\', '/');
  return [
    [`${ours}/node_modules/`, 'strata/node_modules/'],
    [`${ours}/toolchain/pack/shims/`, 'strata/pack/shims/'],
  ];
}

/** Names replaced in a text; `columns` lists per changed line where its pieces were and are now. */
function renamed(text, names) {
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
    columns[line] ??= [[0, 0]];
    columns[line].push([from - lineStart, from - lineStart + shift]);
  }
  return { text: result + text.slice(from), columns };
}

function outputOf(result, ending) {
  return result.outputFiles.find((file) => file.path.endsWith(ending)).text;
}
