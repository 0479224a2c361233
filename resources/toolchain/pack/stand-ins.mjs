/**
 * Globals of Node's that a chain has not, or not so: scripts that stand in for them, put in front of a bundle that
 * names them. esbuild only renames the globals: which are needed is known when the bundle is there, and to have esbuild
 * pack them would take another build.
 */
import path from 'node:path';
import esbuild from 'esbuild';
import { compact } from './compact.mjs';
import { decoded, move } from './mappings.mjs';
import { RESOURCES, SHIMS, ourFolders, renamed } from './names.mjs';

/** By stand-in the names it gives values to; one that needs others comes after them. */
const STAND_INS = {
  'global.js': ['__strata_global'],
  'promise.js': ['__strata_Promise'],
  'process.js': ['__strata_process'],
  'text-encoding.js': ['__strata_TextEncoder', '__strata_TextDecoder'],
  'web-crypto.js': ['__strata_crypto'],
  'buffer.js': ['__strata_Buffer', '__strata_buffer_module'],
};

/** How all those names begin. */
const PREFIX = '__strata_';

/** What esbuild calls the globals instead. */
export const DEFINED = {
  Buffer: '__strata_Buffer',
  Promise: '__strata_Promise',
  TextDecoder: '__strata_TextDecoder',
  TextEncoder: '__strata_TextEncoder',
  crypto: '__strata_crypto',
  global: '__strata_global',
  globalThis: '__strata_global',
  process: '__strata_process',
  __strata_real_global: 'globalThis',
};

const RELATIVE_TO = path.dirname(path.resolve(RESOURCES));

/** Promises of what was built, by stand-in and way of building. */
const built = new Map();

/**
 * @param {string} code a bundle.
 * @param {object} how `options` for esbuild and whether the text `isCompact`.
 * @returns {Promise<{code: string, map: object, metafile: object, folder: string}[]>} those that it needs, in order.
 */
export async function standInsFor(code, how) {
  const needed = new Map();
  const waiting = [code];
  while (waiting.length > 0) {
    const text = waiting.pop();
    for (const file of namedIn(text)) {
      if (needed.has(file)) continue;
      needed.set(file, await standIn(file, how));
      waiting.push(needed.get(file).code);
    }
  }
  return Object.keys(STAND_INS).flatMap((file) => needed.get(file) ?? []);
}

/** The stand-ins whose names occur in a text, which may be long: it is gone through once. */
function namedIn(text) {
  const files = new Set();
  for (let at = text.indexOf(PREFIX); at !== -1; at = text.indexOf(PREFIX, at + 1)) {
    for (const file of Object.keys(STAND_INS)) {
      if (STAND_INS[file].some((name) => text.startsWith(name, at))) files.add(file);
    }
  }
  return files;
}

/** Build all stand-ins ahead of the first need. */
export async function prepareStandIns(how) {
  await Promise.all(Object.keys(STAND_INS).map((file) => standIn(file, how)));
}

function standIn(file, how) {
  const key = JSON.stringify([file, how]);
  if (!built.has(key)) built.set(key, buildStandIn(file, how));
  return built.get(key);
}

async function buildStandIn(file, { options, isCompact }) {
  const { outputFiles, metafile } = await esbuild.build({
    ...options,
    absWorkingDir: RELATIVE_TO,
    entryPoints: [path.join(SHIMS, file)],
    outfile: path.join(RELATIVE_TO, file),
    format: 'iife',
    sourcemap: 'external',
    banner: { js: `var ${STAND_INS[file].join(', ')};` },
  });
  const folders = ourFolders(RELATIVE_TO);
  const [map, script] = outputFiles;
  const table = decoded(map.text);
  table.files = table.files.map((name) => renamed(name, folders).text);
  let { text: code, columns } = renamed(script.text, folders);
  move(table, columns);
  if (isCompact) {
    ({ code, columns } = compact(code));
    move(table, columns);
  }
  return { code, map: table, metafile, folder: RELATIVE_TO };
}
