/** Imports of Node's built-in modules: answered by stand-ins where the meaning is the same everywhere. */
import * as nodeModule from 'node:module';
import path from 'node:path';
import { SHIMS } from './names.mjs';

const resolveOurs = nodeModule.createRequire(import.meta.url).resolve;

/** Node's modules whose meaning does not depend on the machine: what stands in for them. */
const STAND_INS = {
  assert: path.join(SHIMS, 'assert.js'),
  'assert/strict': path.join(SHIMS, 'assert-strict.js'),
  buffer: path.join(SHIMS, 'buffer-module.js'),
  crypto: path.join(SHIMS, 'crypto.js'),
  events: resolveOurs('events/'),
  path: resolveOurs('path-browserify'),
  'path/posix': resolveOurs('path-browserify'),
  process: path.join(SHIMS, 'process-module.js'),
  string_decoder: resolveOurs('string_decoder/'),
  util: path.join(SHIMS, 'util.js'),
  'util/types': path.join(SHIMS, 'util-types.js'),
};

const BUILT_INS = new Set(nodeModule.builtinModules.filter((name) => !name.startsWith('_')));
/** Only these imports are asked about: each question is a way between processes. */
const NAMES = new RegExp(`^(?:node:.+|(?:${[...BUILT_INS].join('|')})/?)$`);
const LIBRARY = /[\\/]node_modules[\\/]/;

/**
 * Answers imports of built-in modules: by a stand-in, for libraries by a module that fails when it is used, else by
 * an error that says who asked.
 */
export const builtIns = {
  name: 'strata-built-ins',
  setup(build) {
    build.onResolve({ filter: NAMES }, async (request) => {
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
      if (STAND_INS[name]) return { path: STAND_INS[name] };
      const text = `Node's module "${name}" does not exist on a chain: its results depend on the machine it runs on`;
      if (!LIBRARY.test(request.importer)) return { errors: [{ text }] };
      const warning = { text: `${text}. What needs it in this library fails when it is called` };
      return { path: name, namespace: 'strata-absent', warnings: [warning] };
    });
    build.onLoad({ filter: /.*/, namespace: 'strata-absent' }, ({ path: name }) => ({
      contents: `module.exports = require('./absent.js')(${JSON.stringify(name)});`,
      resolveDir: SHIMS,
    }));
  },
};
