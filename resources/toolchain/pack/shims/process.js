/** As much of Node's global `process` as has a meaning on a chain; packed only where it is used. */
__strata_process = Object.freeze({
  env: Object.freeze({ NODE_ENV: 'production' }),
  argv: Object.freeze([]),
  version: '',
  versions: Object.freeze({}),
  browser: true,
  cwd: () => '/',
  nextTick() {
    throw new Error('process.nextTick does not exist on a chain: contracts run to their end at once');
  },
});
