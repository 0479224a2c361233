/**
 * The packer's process, run by Node: reads one JSON request a line, writes one JSON answer a line.
 *
 * A request is `{id, directory, entry, minify, limit}`, or `{id, source, file}` for a module by itself, while it is
 * edited; the answer `{id, pack}`, or `{id, failure}` for a fault of ours.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import esbuild from 'esbuild';
import { build, close } from './builder.mjs';
import { builtIns } from './built-ins.mjs';
import { entrySource } from './entry.mjs';

async function pack(request) {
  const { directory, entry } = request;
  let built;
  try {
    built = await build(request);
  } catch (error) {
    if (!error.errors) throw error;
    return { ...findings(error, directory), modules: modulesOf(error.metafile, directory) };
  }
  const file = path.resolve(directory, entry);
  return {
    ...findings({ errors: [], warnings: built.warnings }, directory),
    code: built.code,
    map: built.map,
    plainBytes: built.plainSize,
    entrySource: await entrySource(readFileSync(file, 'utf8'), file),
    modules: modulesOf(built.metafile, directory),
  };
}

/** One ES module or TypeScript file as a CommonJS script; nothing it imports is looked at. */
async function transformed({ source, file }) {
  const directory = path.dirname(file);
  const typed = /\.[cm]?tsx?$/.test(file);
  try {
    const { code, map, warnings } = await esbuild.transform(source, {
      ...{ sourcefile: path.basename(file), loader: typed ? 'ts' : 'js', format: 'cjs', platform: 'node' },
      ...{ target: 'es2024', charset: 'utf8', sourcemap: 'external', logLevel: 'silent' },
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: false } },
    });
    const script = { code, map, plainBytes: code.length, entrySource: await entrySource(source, file) };
    return { ...findings({ errors: [], warnings }, directory), ...script };
  } catch (error) {
    if (!error.errors) throw error;
    return findings(error, directory);
  }
}

function findings({ errors, warnings }, directory) {
  return {
    errors: errors.map((one) => message(one, directory)),
    warnings: (warnings ?? []).map((one) => message(one, directory)),
  };
}

function message({ pluginName, text, location, notes }, directory) {
  return {
    code: pluginName === builtIns.name ? 'node-built-in' : '',
    text,
    file: location ? path.resolve(directory, location.file) : '',
    line: location ? location.line : 0,
    column: location ? location.column : 0,
    length: location ? location.length : 0,
    notes: (notes || []).map((note) => note.text),
  };
}

function modulesOf({ inputs, outputs }, directory) {
  const packed = Object.values(outputs).find((output) => output.entryPoint)?.inputs ?? {};
  const pathOf = (name) => (name.startsWith('strata-absent:') ? name : path.resolve(directory, name));
  return Object.entries(inputs).map(([name, input]) => ({
    path: pathOf(name),
    bytes: input.bytes,
    packedBytes: packed[name]?.bytesInOutput ?? 0,
    imports: input.imports.filter((one) => !one.external).map((one) => pathOf(one.path)),
  }));
}

async function answer(line) {
  const request = JSON.parse(line);
  try {
    return { id: request.id, pack: await ('source' in request ? transformed : pack)(request) };
  } catch (error) {
    return { id: request.id, failure: String((error && error.stack) || error) };
  }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line) process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
await close();
