/**
 * The packer's process, run by Node: reads one JSON request a line.
 *
 * A request is `{id, directory, entry, minify, limit}`; `{id, source, file}` for a module by itself, while it is
 * edited; or `{id, warm: true}`, which has no answer, to be fast the next time. It is answered by the script and then
 * by where this came from. An answer is a line of JSON with `id`, `kind` and `size`, followed by `size` bytes:
 *
 * - `script`: `{errors, warnings, plainBytes, modules}` and the script; `{errors, isLast: true}` if there is none;
 * - `origin`: `{files, sources, entrySource, lines}` and the table of places: integers of 32 bits, `lines + 1` starts
 *   of lines, then columns, files, lines and columns of the places (mappings.mjs). `{isStale: true}` and nothing, if
 *   the files were changed meanwhile;
 * - `failure`: `{text}`, a fault of ours.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import esbuild from 'esbuild';
import { build, close, warmUp } from './builder.mjs';
import { builtIns } from './built-ins.mjs';
import { entrySource } from './entry.mjs';
import { decoded } from './mappings.mjs';

async function pack(request) {
  const { id, directory, entry } = request;
  let built;
  try {
    built = await build(request);
  } catch (error) {
    if (!error.errors) throw error;
    const modules = modulesOf(error.metafile, directory);
    send(id, 'script', { ...findings(error, directory), modules, isLast: true });
    return;
  }
  const { code, plainSize, metafiles, warnings } = built;
  const modules = metafiles.flatMap(({ metafile, folder }) => modulesOf(metafile, folder));
  send(id, 'script', { ...findings({ warnings }, directory), plainBytes: plainSize, modules }, Buffer.from(code));
  await sendOrigin(id, await built.origin(), path.resolve(directory, entry));
}

/** One ES module or TypeScript file as a CommonJS script; nothing it imports is looked at. */
async function transform({ id, source, file }) {
  const directory = path.dirname(file);
  const typed = /\.[cm]?tsx?$/.test(file);
  let built;
  try {
    built = await esbuild.transform(source, {
      ...{ sourcefile: path.basename(file), loader: typed ? 'ts' : 'js', format: 'cjs', platform: 'node' },
      ...{ target: 'es2024', charset: 'utf8', sourcemap: 'external', logLevel: 'silent' },
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
    });
  } catch (error) {
    if (!error.errors) throw error;
    send(id, 'script', { ...findings(error, directory), isLast: true });
    return;
  }
  const script = Buffer.from(built.code);
  send(id, 'script', { ...findings(built, directory), plainBytes: script.length }, script);
  await sendOrigin(id, decoded(built.map), file, source);
}

async function sendOrigin(id, map, entry, source) {
  if (!map) {
    send(id, 'origin', { isStale: true });
    return;
  }
  const { files, sources, starts, places } = map;
  // A source map of the entry's own leads to other files.
  const entryText = source ?? sources[files.indexOf(path.basename(entry))] ?? readFileSync(entry, 'utf8');
  const table = Buffer.concat([starts, ...places].map(({ buffer }) => new Uint8Array(buffer)));
  const fields = { files, sources, entrySource: await entrySource(entryText, entry), lines: starts.length - 1 };
  send(id, 'origin', fields, table);
}

function findings({ errors = [], warnings = [] }, directory) {
  return {
    errors: errors.map((one) => message(one, directory)),
    warnings: warnings.map((one) => message(one, directory)),
  };
}

function message({ pluginName, text, location }, directory) {
  return {
    isBuiltIn: pluginName === builtIns.name,
    text,
    file: location ? path.resolve(directory, location.file) : '',
    line: location ? location.line : 0,
    column: location ? location.column : 0,
    length: location ? location.length : 0,
  };
}

function modulesOf({ inputs, outputs }, directory) {
  const packed = Object.values(outputs).find((output) => output.entryPoint)?.inputs ?? {};
  return Object.entries(inputs).map(([name, input]) => ({
    path: pathOf(name, directory),
    size: input.bytes,
    packedSize: packed[name]?.bytesInOutput ?? 0,
    imports: input.imports.filter((one) => !one.external).map((one) => pathOf(one.path, directory)),
  }));
}

function pathOf(name, directory) {
  return name.startsWith('strata-absent:') ? name : path.resolve(directory, name);
}

function send(id, kind, fields, bytes = Buffer.alloc(0)) {
  process.stdout.write(`${JSON.stringify({ id, kind, size: bytes.length, ...fields })}\n`);
  if (bytes.length > 0) process.stdout.write(bytes);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!line) continue;
  const request = JSON.parse(line);
  try {
    await ('warm' in request ? warmUp : 'source' in request ? transform : pack)(request);
  } catch (error) {
    send(request.id, 'failure', { text: String((error && error.stack) || error) });
  }
}
await close();
