/**
 * The official SDK, unmodified, as these scripts use it.
 */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(fileURLToPath(new URL('../../resources/package.json', import.meta.url)));

export const SDK = require('iost');
export const base58 = require('bs58');

/**
 * A connection to a node.
 * @param {string} url
 * @returns {Promise<{iost: object, rpc: object}>}
 */
export async function connect(url) {
  const rpc = new SDK.RPC(new SDK.HTTPProvider(url, 10000));
  const iost = new SDK.IOST({ gasRatio: 1, gasLimit: 2000000, delay: 0, expiration: 90 });
  await iost.setRPC(rpc);
  return { iost, rpc };
}

/**
 * An account that signs with a base58 secret key.
 * @param {string} name
 * @param {string} secret
 * @param {number} [algorithm]
 */
export function accountOf(name, secret, algorithm = SDK.Algorithm.Ed25519) {
  return withKey(name, new SDK.KeyPair(Buffer.from(base58.decode(secret)), algorithm));
}

/**
 * An account that signs with a key pair.
 * @param {string} name
 * @param {object} keyPair
 */
export function withKey(name, keyPair) {
  const account = new SDK.Account(name);
  account.addKeyPair(keyPair, 'owner');
  account.addKeyPair(keyPair, 'active');
  return account;
}

/**
 * Send a signed transaction and wait for the end of it, by the SDK's own handler.
 * @param {object} transaction
 * @param {object} rpc
 * @returns {Promise<object>} the receipt of a success; fails with the receipt or text of a failure
 */
export function settle(transaction, rpc) {
  return new Promise((resolve, reject) => {
    new SDK.TxHandler(transaction, rpc)
      .onPending(() => {})
      .onSuccess(resolve)
      .onFailed((outcome) => reject(new Failed(outcome)))
      .send()
      .listen(20, 200);
  });
}

/** What `onFailed` was called with. */
export class Failed extends Error {
  /** @param {object | string} outcome */
  constructor(outcome) {
    super(typeof outcome === 'string' ? outcome : outcome.message);
    this.outcome = outcome;
  }
}
