/**
 * Makes one CommonJS script of a module and everything it needs. esbuild contexts are kept, so packing again after a
 * change only does what the change asks for.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { builtIns, SHIMS } from './built-ins.mjs';
import { compact } from './compact.mjs';
import { moved } from './mappings.mjs';

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
    const code = outputOf(result, '.js');
    const needed = STAND_INS.filter(({ value }) => isNeeded(code, value, standIns.includes(value)));
    const now = needed.map(({ value }) => value);
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

/** Whether a stand-in is named: where it is packed, by more than its own definition. */
function isNeeded(code, value, isPacked) {
  const uses = code.match(new RegExp(`\\b${value}\\b`, 'g'))?.length ?? 0;
  return isPacked ? uses > OWN_USES[value] : uses > 0;
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
  const map = JSON.parse(outputOf(result, '.map'));
  const { entryPoint } = Object.values(result.metafile.outputs).find((output) => output.entryPoint);
  const fromEntry = ourFolders(path.dirname(path.resolve(directory, entryPoint)));
  map.sources = map.sources.map((source) => renamed(source, fromEntry).text);
  const fromDirectory = ourFolders(directory);
  const columns = [];
  const lines = outputOf(result, '.js')
    .split('\n')
    .map((line, i) => {
      const { text, places } = renamed(line, fromDirectory);
      if (places.length > 1) columns[i] = places;
      return text;
    });
  map.mappings = moved(map.mappings, columns);
  return { code: lines.join('\n'), map: JSON.stringify(map) };
}

/** Our folders as esbuild names them, relative to another one, and what they are called instead. */
function ourFolders(from) {
  const ours = path.relative(from, RESOURCES).replaceAll('\\', '/');
  return [
    [`${ours}/node_modules/`, 'strata/node_modules/'],
    [`${ours}/toolchain/pack/shims/`, 'strata/pack/shims/'],
  ];
}

/** Names replaced in a text, and where its pieces were and are now. */
function renamed(text, names) {
  const places = [[0, 0]];
  let result = '';
  let from = 0;
  for (;;) {
    const found = names
      .map(([name, instead]) => ({ at: text.indexOf(name, from), name, instead }))
      .filter(({ at }) => at !== -1)
      .sort((one, other) => one.at - other.at)[0];
    if (!found) return { text: result + text.slice(from), places };
    result += text.slice(from, found.at) + found.instead;
    from = found.at + found.name.length;
    places.push([from, result.length]);
  }
}

function outputOf(result, ending) {
  return result.outputFiles.find((file) => file.path.endsWith(ending)).text;
}
