/**
 * Makes one CommonJS script of a module and everything it needs. esbuild contexts are kept, so packing again after a
 * change only does what the change asks for.
 *
 * A source map takes esbuild as long as everything else. So the script is built without one, and where it came from is
 * found out by another build when the script has been handed over.
 */
import path from 'node:path';
import esbuild from 'esbuild';
import { builtIns } from './built-ins.mjs';
import { compact, leastSize } from './compact.mjs';
import { decoded, joined, move } from './mappings.mjs';
import { ourFolders, renamed } from './names.mjs';
import { DEFINED, prepareStandIns, standInsFor } from './stand-ins.mjs';

const KEPT_PROJECTS = 4;

/** `export default` of an ES module is what the contract exports. */
const DEFAULT_EXPORT =
  'if (module.exports && module.exports.__esModule && module.exports.default) module.exports = module.exports.default;';

const DIRECTIVE = '"use strict";\n';

/** For everything that goes into a script. */
const COMMON_OPTIONS = {
  bundle: true,
  write: false,
  platform: 'node',
  target: 'es2024',
  charset: 'utf8',
  metafile: true,
  legalComments: 'none',
  logLevel: 'silent',
  logLimit: 0,
  define: { 'process.env.NODE_ENV': '"production"', ...DEFINED },
};

/** Contexts by project (folder and entry), the one used last at the end. */
const projects = new Map();

/** How a script is made: as it is, without white space, with short forms as well, with short names as well. */
const PLAIN = { options: {}, isCompact: false };
const COMPACT = { options: {}, isCompact: true };
const SIMPLE = { options: { minifySyntax: true }, isCompact: true };
const SHORT = { options: { minifySyntax: true, minifyIdentifiers: true }, isCompact: true };

/**
 * @param {{directory: string, entry: string, minify: string, limit: number}} request `minify` is `never`, `always`,
 *   `names` (always, names as well) or `large`: only a script of more than `limit` bytes.
 * @returns {Promise<{code: string, plainSize: number, metafiles: object[], warnings: object[], origin: () => object}>}
 *   each `metafile` with the `folder` that its names are relative to; `origin` builds once more and returns a promise
 *   of the table of places (mappings.mjs), of null if the files have changed since.
 * @throws esbuild's failure with `errors`, and with the `metafile` of what could be read.
 */
export async function build(request) {
  try {
    return await built(request);
  } catch (error) {
    if (error.errors) error.metafile = await readable(request, error.errors);
    throw error;
  }
}

async function built(request) {
  const project = projectOf(request);
  let result = await project.rebuilt(PLAIN.options);
  const { minify, limit } = request;
  let script = await scriptOf(project, result, PLAIN);
  const plainSize = Buffer.byteLength(script.code);
  const isLarge = () => minify === 'large' && Buffer.byteLength(script.code) > limit;
  if (isLarge() && leastSize(script.code) <= limit) script = await scriptOf(project, result, COMPACT);
  if (minify === 'always' || minify === 'names' || isLarge()) {
    const how = minify === 'names' ? SHORT : SIMPLE;
    result = await project.rebuilt(how.options);
    script = await scriptOf(project, result, how);
  }
  return { ...script, plainSize, warnings: result.warnings };
}

/** Have what the first request would have to wait for: esbuild's process, the stand-ins. */
export async function warmUp() {
  await prepareStandIns({ options: COMMON_OPTIONS, isCompact: false });
}

/** Forget everything and end esbuild's process. */
export async function close() {
  await Promise.all([...projects.values()].map((project) => project.close()));
  await esbuild.stop();
}

/** A project's esbuild contexts, made when they are asked for. */
class Project {
  #contexts = new Map();

  constructor(directory, entry) {
    this.directory = directory;
    this.entry = entry;
    this.folder = path.dirname(path.resolve(directory, entry));
  }

  /** Build what has changed. */
  async rebuilt(options) {
    const key = JSON.stringify(options);
    if (!this.#contexts.has(key)) {
      this.#contexts.set(key, esbuild.context({ ...optionsFor(this), plugins: [builtIns], ...options }));
    }
    return (await this.#contexts.get(key)).rebuild();
  }

  async close() {
    for (const context of this.#contexts.values()) await (await context).dispose();
  }
}

function projectOf({ directory, entry }) {
  const key = JSON.stringify([directory, entry]);
  const project = projects.get(key) ?? new Project(directory, entry);
  projects.delete(key);
  projects.set(key, project);
  if (projects.size > KEPT_PROJECTS) {
    const [oldest] = projects.keys();
    projects.get(oldest).close();
    projects.delete(oldest);
  }
  return project;
}

function optionsFor({ directory, entry }) {
  return {
    ...COMMON_OPTIONS,
    absWorkingDir: directory,
    entryPoints: [entry],
    outfile: path.join(directory, path.dirname(entry), 'bundle.js'), // files are named relative to its folder
    format: 'cjs',
    footer: { js: DEFAULT_EXPORT },
  };
}

/** The script of a build: our own modules named without their folder, the stand-ins it needs in front. */
async function scriptOf(project, result, { options, isCompact }) {
  const bundle = outputOf(result, '.js');
  const moves = [];
  let { text, columns } = renamed(bundle, ourFolders(project.directory));
  moves.push(columns);
  if (isCompact) {
    ({ code: text, columns } = compact(text));
    moves.push(columns);
  }
  const standIns = await standInsFor(text, { options: { ...COMMON_OPTIONS, ...options }, isCompact });
  const directive = standIns.length > 0 && text.startsWith(DIRECTIVE) ? DIRECTIVE : '';
  const code = [directive, ...standIns.map((one) => one.code), text.slice(directive.length)].join('');
  const origin = async () => {
    const mapped = await project.rebuilt({ ...options, sourcemap: 'external' }).catch(() => null);
    if (!mapped || outputOf(mapped, '.js') !== bundle) return null;
    const map = decoded(outputOf(mapped, '.map'));
    const names = ourFolders(project.folder);
    map.files = map.files.map((name) => renamed(name, names).text);
    for (const one of moves) move(map, one);
    return behind(map, standIns, directive ? 1 : 0, lineCount(code));
  };
  const own = { metafile: result.metafile, folder: project.directory };
  return { code, origin, metafiles: [own, ...standIns] };
}

/** The table of a script whose stand-ins stand in front of the bundle, or after its first line. */
function behind(map, standIns, line, lines) {
  const parts = [];
  let at = line;
  for (const { code, map: table } of standIns) {
    parts.push({ line: at, map: table, from: 0 });
    at += lineCount(code) - 1;
  }
  return joined([...parts, { line: at, map, from: line }], lines);
}

function lineCount(text) {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** What could be read of a project that cannot be packed: who imports whom. */
async function readable(request, errors) {
  const names = new Set(errors.map(({ text }) => /^Could not resolve "(.*)"/.exec(text)?.[1]).filter(Boolean));
  const unreadable = errors.filter(
    ({ pluginName, text, location }) => location && !pluginName && !text.startsWith('Could not resolve'),
  );
  const files = new Set(unreadable.map(({ location }) => path.resolve(request.directory, location.file)));
  const lenient = {
    name: 'strata-lenient',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: name }) =>
        names.has(name) || /^node:/.test(name) ? { path: name, external: true } : undefined,
      );
      build.onLoad({ filter: /.*/ }, ({ path: file }) =>
        files.has(file) ? { contents: '', loader: 'js' } : undefined,
      );
    },
  };
  try {
    return (await esbuild.build({ ...optionsFor(request), plugins: [lenient] })).metafile;
  } catch (error) {
    if (!error.errors) throw error;
    return { inputs: {}, outputs: {} };
  }
}

function outputOf(result, ending) {
  return result.outputFiles.find((file) => file.path.endsWith(ending)).text;
}
