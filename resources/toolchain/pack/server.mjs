/**
 * The packer's process, run by Node: reads one JSON request a line, writes one JSON answer a line.
 *
 * Request `{id, directory, entry}`: make one CommonJS script of `entry` and everything it needs. esbuild contexts
 * are kept, so packing again after a change only does what the change asks for.
 */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const SHIMS = fileURLToPath(new URL('./shims/', import.meta.url));
const resolveOurs = createRequire(import.meta.url).resolve;
const KEPT_CONTEXTS = 8;

/** `export default` of an ES module is what the contract exports. */
const DEFAULT_EXPORT =
  'if (module.exports && module.exports.__esModule && module.exports.default) module.exports = module.exports.default;';

/** Node's modules whose meaning does not depend on the machine: what stands in for them. */
const STAND_INS = {
  assert: resolveOurs('assert/'),
  buffer: resolveOurs('buffer/'),
  events: resolveOurs('events/'),
  path: resolveOurs('path-browserify'),
  string_decoder: resolveOurs('string_decoder/'),
  util: resolveOurs('util/'),
  crypto: path.join(SHIMS, 'crypto.js'),
};

/** Node's global names that have a meaning on a chain, with the module that brings each. */
const GLOBALS = {
  Buffer: 'buffer.js',
  process: 'process.js',
  TextEncoder: 'text-encoding.js',
  TextDecoder: 'text-encoding.js',
};
const MARK = '__strata_';

const BUILT_INS = new Set(nodeModule.builtinModules.filter((name) => !name.startsWith('_')));

const contexts = new Map();

/** Answers imports of Node's built-in modules: by a stand-in, or by an error that says who asked. */
const builtIns = {
  name: 'strata-built-ins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z_]+(\/[a-z_]+)?\/?$/ }, async (request) => {
      if (request.pluginData === 'node') return undefined;
      const name = request.path.replace(/^node:/, '').replace(/\/$/, '');
      if (!BUILT_INS.has(name)) return undefined;
      // A package of the same name wins, as long as it was not asked for by the `node:` name.
      if (!request.path.startsWith('node:')) {
        const installed = await build.resolve(request.path, {
          kind: request.kind,
          importer: request.importer,
          resolveDir: request.resolveDir,
          pluginData: 'node',
        });
        if (installed.errors.length === 0 && !installed.external && installed.path) return installed;
      }
      const standIn = STAND_INS[name];
      if (standIn) return { path: standIn };
      return {
        errors: [
          {
            id: 'node-built-in',
            text: `Node's module "${name}" does not exist on a chain: its results depend on the machine it runs on`,
          },
        ],
      };
    });
  },
};

/** Which of Node's globals each project was seen to use: only those are packed. */
const globalsOf = new Map();

async function contextFor(directory, entry, globals) {
  const key = JSON.stringify([directory, entry, globals]);
  const known = contexts.get(key);
  if (known) {
    contexts.delete(key);
    contexts.set(key, known);
    return known;
  }
  const context = await esbuild.context({
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
      global: 'globalThis',
      'process.env.NODE_ENV': '"production"',
      ...Object.fromEntries(Object.keys(GLOBALS).map((name) => [name, MARK + name])),
    },
    inject: [...new Set(globals.map((name) => path.join(SHIMS, GLOBALS[name])))],
    footer: { js: DEFAULT_EXPORT },
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

/** Build, a second time if the first shows that the project uses globals of Node that have to be packed. */
async function build(directory, entry) {
  const project = JSON.stringify([directory, entry]);
  const globals = globalsOf.get(project) || [];
  const result = await (await contextFor(directory, entry, globals)).rebuild();
  const code = outputOf(result, '.js');
  const missing = Object.keys(GLOBALS).filter((name) => !globals.includes(name) && code.includes(MARK + name));
  if (missing.length === 0) return result;
  globalsOf.set(project, [...globals, ...missing]);
  return build(directory, entry);
}

function outputOf(result, ending) {
  return result.outputFiles.find((file) => file.path.endsWith(ending)).text;
}

/** The entry as plain JavaScript with its comments, for the interface's doc comments. */
function entrySource(file) {
  const text = readFileSync(file, 'utf8');
  return /\.[cm]?tsx?$/.test(file) ? nodeModule.stripTypeScriptTypes(text, { mode: 'strip' }) : text;
}

function message({ id, text, location, notes }, directory) {
  return {
    code: id || '',
    text,
    file: location ? path.resolve(directory, location.file) : '',
    line: location ? location.line : 0,
    column: location ? location.column : 0,
    length: location ? location.length : 0,
    notes: (notes || []).map((note) => note.text),
  };
}

async function pack({ directory, entry }) {
  const failed = (errors, warnings = []) => ({
    errors: errors.map((one) => message(one, directory)),
    warnings: warnings.map((one) => message(one, directory)),
  });
  let result;
  try {
    result = await build(directory, entry);
  } catch (error) {
    if (!error.errors) throw error;
    return failed(error.errors, error.warnings);
  }
  const output = Object.values(result.metafile.outputs).find((o) => o.entryPoint) || { inputs: {} };
  return {
    ...failed([], result.warnings),
    code: outputOf(result, '.js'),
    map: outputOf(result, '.map'),
    entrySource: entrySource(path.resolve(directory, entry)),
    modules: Object.entries(result.metafile.inputs).map(([file, input]) => ({
      path: path.resolve(directory, file),
      bytes: input.bytes,
      packedBytes: output.inputs[file] ? output.inputs[file].bytesInOutput : 0,
      imports: input.imports.filter((one) => !one.external).map((one) => path.resolve(directory, one.path)),
    })),
  };
}

async function answer(line) {
  const request = JSON.parse(line);
  try {
    return { id: request.id, pack: await pack(request) };
  } catch (error) {
    return { id: request.id, failure: String((error && error.stack) || error) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line) process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
await Promise.all([...contexts.values()].map((context) => context.dispose()));
