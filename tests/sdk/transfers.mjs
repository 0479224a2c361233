/**
 * Transfers with the official SDK, one after the other: `node transfers.mjs URL ACCOUNTS_FILE COUNT`.
 *
 * Prints two lines of JSON: what signing takes, and what a transfer takes from sending it to its receipt.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { accountOf, connect } from './sdk.mjs';

const [url, accountsFile, countText] = process.argv.slice(2);
const count = Number(countText);
const known = Object.fromEntries(JSON.parse(readFileSync(accountsFile, 'utf8')).map((entry) => [entry.name, entry]));
const names = Object.keys(known).filter((name) => !['admin', 'foundation', 'producer000'].includes(name));
const accounts = names.map((name) => accountOf(name, known[name].secret_key));
const { iost, rpc } = await connect(url);
const now = () => Number(process.hrtime.bigint()) / 1e3;

/** Print a row as the scripts of the benchmark `peers` do; `taken` in microseconds. */
function report(peer, taken) {
  const sorted = taken.toSorted((one, other) => one - other);
  const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const rate = taken.length / (taken.reduce((sum, one) => sum + one, 0) / 1e6);
  console.log(JSON.stringify({ peer, n: taken.length, tx_s: rate, p50_us: quantile(0.5), p99_us: quantile(0.99) }));
}

/** Ask for a receipt until it is there: a clock that is well ahead makes a transaction wait. */
async function receiptOf(hash) {
  for (;;) {
    const found = await rpc.transaction.getTxReceiptByTxHash(hash).catch((error) => error);
    if (!(found instanceof Error)) return found;
    assert.match(found.message, /not found/);
  }
}

const balances = () => Promise.all(names.map(async (name) => (await rpc.blockchain.getAccountInfo(name)).balance));
const before = await balances();
const gained = names.map(() => 0);
const signing = [];
const sending = [];
for (let number = 0; number < count; number++) {
  const from = number % names.length;
  const to = (from + 1) % names.length;
  const amount = 1 + (number % 5);
  const started = now();
  const transaction = iost.transfer('iost', names[from], names[to], String(amount), '');
  accounts[from].signTx(transaction);
  const signed = now();
  const { hash } = await rpc.transaction.sendTx(transaction);
  const receipt = await receiptOf(hash);
  signing.push(signed - started);
  sending.push(now() - signed);
  assert.equal(receipt.status_code, 'SUCCESS', receipt.message);
  gained[from] -= amount;
  gained[to] += amount;
}
const after = await balances();
assert.deepEqual(after.map((balance, index) => Math.round(balance - before[index])), gained);
report('Strata SDK: sendTx and receipt', sending);
report('Strata SDK: signing (in the SDK)', signing);
