/** What every frame gets anew: `block`, `tx`, `require` (spec/gas.md §7.3). */

import { NativeError, parseJSON } from './primordials.js';

/**
 * Build the constants of a frame.
 *
 * @param {{block: string, transaction: string}} frame JSON texts.
 */
export function createTransactionObjects(frame) {
  const blockInfo = parseJSON(frame.block);
  const txInfo = parseJSON(frame.transaction);
  const block = {
    number: blockInfo.number,
    parentHash: blockInfo.parent_hash,
    witness: blockInfo.witness,
    time: blockInfo.time,
  };
  const tx = {
    time: txInfo.time,
    hash: txInfo.hash,
    expiration: txInfo.expiration,
    gasLimit: txInfo.gas_limit,
    gasRatio: txInfo.gas_ratio,
    authList: txInfo.auth_list,
    publisher: txInfo.publisher,
  };
  return { block, tx, blockInfo, txInfo };
}

/**
 * Create `require` of profile iost: the modules given, and an empty object for every other name.
 *
 * @param {Object<string, object>} modules by name.
 */
export function createRequire(modules) {
  const loaded = {};
  for (const name of Object.keys(modules)) loaded[name] = { exports: modules[name] };
  return function (id) {
    const known = loaded[id];
    if (known) return known.exports;
    if (typeof id !== 'string') throw new NativeError('require empty module');
    loaded[id] = { exports: {} };
    return loaded[id].exports;
  };
}
