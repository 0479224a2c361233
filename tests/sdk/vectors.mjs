/**
 * Transactions encoded and signed by the official SDK, as JSON on standard output: `node vectors.mjs COUNT`.
 */
import { SDK } from './sdk.mjs';

const count = Number(process.argv[2]);
let seed = 20181110;

/** A fixed sequence of numbers below `limit`. */
function next(limit) {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) % limit;
}

function pick(values) {
  return values[next(values.length)];
}

function keyPair(algorithm) {
  return new SDK.KeyPair(Buffer.from(Array.from({ length: 32 }, () => 1 + next(254))), algorithm);
}

const ALGORITHMS = [SDK.Algorithm.Ed25519, SDK.Algorithm.Secp256k1];
const TEXTS = ['', 'abc', '["iost","a","b","1",""]', 'ü', '日本', '😀', '\\"<>&', 'x'.repeat(300)];

function vector() {
  const transaction = new SDK.Tx(pick([1, 1.5, 2, 100]), pick([6000, 123456, 2000000, 4000000]));
  transaction.time = pick([1544013436179000000, 1795333062591000000, 1732259000123456800]);
  transaction.expiration = transaction.time + pick([1, 90]) * 1e9;
  transaction.delay = 0;
  transaction.setChainID(pick([1024, 1020, 1]));
  for (let i = next(4); i > 0; i--) transaction.addAction(pick(TEXTS), pick(TEXTS), pick(TEXTS));
  for (let i = next(3); i > 0; i--) transaction.addApprove(pick(['iost', 'ram']), pick(['1', '0.00000001', 12.5]));
  for (let i = next(3); i > 0; i--) {
    transaction.addSigner(pick(['alice', 'bobby']), 'active');
    transaction.addSign(keyPair(pick(ALGORITHMS)));
  }
  transaction.addPublishSign(pick(['admin', 'alice']), keyPair(pick(ALGORITHMS)));
  return {
    body: JSON.stringify(transaction),
    base: Buffer.from(transaction._bytes(0)).toString('hex'),
    publish: Buffer.from(transaction._bytes(1)).toString('hex'),
    key: transaction.publisher_sigs[0].pubkey.toString('hex'),
    signature: transaction.publisher_sigs[0].sig.toString('hex'),
  };
}

process.stdout.write(JSON.stringify(Array.from({ length: count }, vector)));
