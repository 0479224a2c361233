/**
 * Tokens, RAM, gas, elections, events and refusals with the official SDK: `node economy.mjs URL ACCOUNTS_FILE`.
 *
 * Every step prints its name; the first that is not as it should be ends the script with a code other than 0.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { SDK, accountOf, connect, settle, withKey } from './sdk.mjs';

const [url, accountsFile] = process.argv.slice(2);
const known = Object.fromEntries(JSON.parse(readFileSync(accountsFile, 'utf8')).map((entry) => [entry.name, entry]));
const [admin, alice, bobby, carol] = ['admin', 'alice', 'bobby', 'carol'].map((name) =>
  accountOf(name, known[name].secret_key),
);
const { iost, rpc } = await connect(url);
const chain = rpc.blockchain;
const SECOND = 1e9;

/** Call, sign as `account` and wait; `limits` are amounts of tokens that may move, `change` alters the transaction. */
function call(account, contract, method, parameters, limits = {}, change = () => {}) {
  const transaction = iost.callABI(contract, method, parameters);
  for (const [token, amount] of Object.entries(limits)) transaction.addApprove(token, amount);
  change(transaction);
  account.signTx(transaction);
  return settle(transaction, rpc);
}

/** What the node answers to a path, or to a body posted to it, of what the SDK has no method for. */
async function ask(path, body) {
  const response = await fetch(`${url}/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

const balance = async (account, token) => (await chain.getBalance(account, token)).balance;
const first = (receipt) => JSON.parse(receipt.returns[0])[0];
const ram = async (account) => (await chain.getAccountInfo(account)).ram_info;

async function step(name, work) {
  await work();
  console.log(`ok ${name}`);
}

await step('a token from its creation to its destruction', async () => {
  const settings = { fullName: 'Gold coin', decimal: 2, canTransfer: true, onlyIssuerCanTransfer: false };
  await call(alice, 'token.iost', 'create', ['gold', 'alice', 1000, settings]);
  await assert.rejects(call(bobby, 'token.iost', 'create', ['gold', 'bobby', 1, {}]), /token exists/);
  await assert.rejects(call(alice, 'token.iost', 'create', ['GOLD', 'alice', 1, {}]), /invalid character 71/);
  await assert.rejects(call(bobby, 'token.iost', 'issue', ['gold', 'bobby', '5']), /transaction has no permission/);
  await call(alice, 'token.iost', 'issue', ['gold', 'alice', '600.239']);
  await assert.rejects(call(alice, 'token.iost', 'issue', ['gold', 'alice', '399.78']), /supply too much/);
  const receipt = await call(alice, 'token.iost', 'transfer', ['gold', 'alice', 'bobby', '100.5', '<&>'], {
    gold: '100.5',
  });
  assert.deepEqual(receipt.receipts, [
    { func_name: 'token.iost/transfer', content: '["gold","alice","bobby","100.5","\\u003c\\u0026\\u003e"]' },
  ]);
  assert.deepEqual([await balance('alice', 'gold'), await balance('bobby', 'gold')], [499.73, 100.5]);
  await assert.rejects(
    call(bobby, 'token.iost', 'transfer', ['gold', 'bobby', 'carol', '101', ''], { gold: '101' }),
    /balance not enough 100\.5 < 101/,
  );
  await call(bobby, 'token.iost', 'destroy', ['gold', 'bobby', '0.5'], { gold: '0.5' });
  const token = await ask('getTokenInfo/gold/1');
  assert.deepEqual(
    [token.full_name, token.issuer, token.decimal, token.total_supply_float, token.current_supply_float],
    ['Gold coin', 'alice', 2, 1000, 599.73],
  );
  assert.equal(first(await call(carol, 'token.iost', 'supply', ['gold'])), '599.73');
});

await step('coins for later', async () => {
  const later = Date.now() * 1e6 + 3600 * SECOND;
  const parameters = ['gold', 'alice', 'carol', '5', later, 'rent'];
  await call(alice, 'token.iost', 'transferFreeze', parameters, { gold: '5' });
  const { balance: free, frozen_balances: frozen } = await chain.getBalance('carol', 'gold');
  assert.deepEqual([free, frozen.map((one) => one.amount)], [0, [5]]);
  await assert.rejects(
    call(carol, 'token.iost', 'transfer', ['gold', 'carol', 'bobby', '1', ''], { gold: '1' }),
    /balance not enough 0 < 1/,
  );
  const past = ['gold', 'alice', 'carol', '2', Date.now() * 1e6 - 3600 * SECOND, 'paid late'];
  await call(alice, 'token.iost', 'transferFreeze', past, { gold: '2' });
  assert.equal(await balance('carol', 'gold'), 2);
  await call(carol, 'token.iost', 'transfer', ['gold', 'carol', 'bobby', '1', ''], { gold: '1' });
});

await step('RAM is bought, lent and sold', async () => {
  const before = [await ram('alice'), await ram('bobby')].map((info) => Number(info.available));
  const price = Number(first(await call(alice, 'ram.iost', 'buy', ['alice', 'alice', 10000], { iost: '1000' })));
  await call(alice, 'ram.iost', 'lend', ['alice', 'bobby', 3000], { ram: '3000' });
  const back = Number(first(await call(alice, 'ram.iost', 'sell', ['alice', 'alice', 2000], { ram: '2000' })));
  assert.ok(back > 0 && back < price, `${back} of ${price}`);
  const after = [await ram('alice'), await ram('bobby')].map((info) => Number(info.available));
  assert.deepEqual([after[0] - before[0], after[1] - before[1]], [5000, 3000]);
  await assert.rejects(call(alice, 'ram.iost', 'buy', ['alice', 'alice', 9], { iost: '9' }), /minimum ram amount/);
  await assert.rejects(call(carol, 'ram.iost', 'sell', ['bobby', 'carol', 100], { ram: '100' }), /require auth failed/);
  const market = await ask('getRAMInfo');
  assert.ok(market.buy_price > market.sell_price);
});

await step('gas is pledged for somebody and taken back', async () => {
  const before = (await chain.getAccountInfo('carol')).gas_info;
  await call(alice, 'gas.iost', 'pledge', ['alice', 'carol', '40'], { iost: '40' });
  const pledged = (await chain.getAccountInfo('carol')).gas_info;
  assert.equal(pledged.limit - before.limit, 40 * 300000);
  await assert.rejects(
    call(bobby, 'gas.iost', 'unpledge', ['bobby', 'carol', '10']),
    /bobby did not pledge for carol/,
  );
  await assert.rejects(call(alice, 'gas.iost', 'unpledge', ['alice', 'carol', '41']), /unpledge/);
  const iosts = await chain.getBalance('alice');
  await call(alice, 'gas.iost', 'unpledge', ['alice', 'carol', '40']);
  const { frozen_balances: frozen, balance: free } = await chain.getBalance('alice');
  assert.equal(free, iosts.balance);
  assert.equal(frozen.at(-1).amount, 40);
  const days = (Number(frozen.at(-1).time) / 1e6 - Date.now()) / 86_400_000;
  assert.ok(days > 2.9 && days < 3.1, `${days} days`);
});

await step('a producer is elected', async () => {
  const { id } = SDK.KeyPair.newKeyPair();
  await call(bobby, 'vote_producer.iost', 'applyRegister', ['bobby', id, 'Berne', 'https://x', 'net', true]);
  let info = await ask('getProducerVoteInfo/bobby/1');
  assert.deepEqual([info.pubkey, info.loc, info.status, info.votes], [id, 'Berne', 'APPLY', 0]);
  await call(admin, 'vote_producer.iost', 'approveRegister', ['bobby']);
  await call(alice, 'vote_producer.iost', 'vote', ['alice', 'bobby', '500'], { iost: '500' });
  info = await ask('getProducerVoteInfo/bobby/1');
  assert.deepEqual([info.status, info.votes], ['APPROVED', 500]);
  await call(alice, 'vote_producer.iost', 'unvote', ['alice', 'bobby', '200']);
  assert.equal((await ask('getProducerVoteInfo/bobby/1')).votes, 300);
});

const SHOP = `class Shop {
  init() { storage.put('sold', '0'); }
  sell(item, price) {
    blockchain.transfer(blockchain.publisher(), blockchain.contractName(), price, item);
    storage.put('sold', new BigNumber(storage.get('sold')).plus(1).toFixed(0));
    storage.mapPut('owners', item, blockchain.publisher());
    blockchain.event(item + ' sold');
    return { item, buyer: blockchain.publisher() };
  }
  loop() { while (true) {} }
  count(list) { return list.length; }
}
module.exports = Shop;
`;
const ANY = [{ token: '*', val: 'unlimited' }];
const ABI = [
  { name: 'sell', args: ['string', 'string'], amountLimit: ANY },
  { name: 'loop', args: [], amountLimit: ANY },
  { name: 'count', args: ['json'], amountLimit: ANY },
];
const text = JSON.stringify({ info: { lang: 'javascript', version: '1.0.0', abi: ABI }, code: SHOP });
let shop, other;

await step('events of one contract out of two', async () => {
  shop = first(await call(alice, 'system.iost', 'setCode', [text]));
  other = first(await call(bobby, 'system.iost', 'setCode', [text]));
  const controller = new AbortController();
  const body = JSON.stringify({ topics: ['CONTRACT_EVENT'], filter: { contract_id: shop } });
  const stream = await fetch(`${url}/subscribe`, { method: 'POST', body, signal: controller.signal });
  await call(carol, other, 'sell', ['hat', '1'], { iost: '1' });
  await assert.rejects(call(carol, shop, 'sell', ['sock', '2'], { iost: '1' }), /exceed amountLimit in tx/);
  const sold = await call(carol, shop, 'sell', ['lamp', '2.5'], { iost: '2.5' });
  assert.deepEqual(JSON.parse(first(sold)), { item: 'lamp', buyer: 'carol' });
  const { value } = await stream.body.getReader().read();
  const [line] = Buffer.from(value).toString().split('\n');
  const { topic, data } = JSON.parse(line).result.event;
  // An event of a call that failed is told too, but this one failed before it came to that.
  assert.deepEqual([topic, data], ['CONTRACT_EVENT', 'lamp sold']);
  controller.abort();
});

await step('what a contract stores', async () => {
  assert.equal((await chain.getContractStorage(shop, 'sold')).data, '1');
  assert.equal((await chain.getContractStorage(shop, 'owners', 'lamp')).data, 'carol');
  assert.deepEqual((await chain.getContractStorageFields(shop, 'owners')).fields, ['lamp']);
  const keys = [{ key: 'sold' }, { key: 'owners', field: 'lamp' }, { key: 'nothing' }];
  const batch = await ask('getBatchContractStorage', { id: shop, key_fields: keys, by_longest_chain: true });
  assert.deepEqual(batch.datas, ['1', 'carol', 'null']);
  assert.equal(await balance(shop), 2.5);
});

await step('calls that fail', async () => {
  const failing = async (...parameters) => (await call(...parameters).catch((error) => error)).outcome;
  const endless = await failing(carol, shop, 'loop', [], {}, (transaction) => transaction.setGas(1, 100000));
  assert.deepEqual([endless.status_code, endless.message, endless.gas_usage], ['RUNTIME_ERROR', 'out of gas', 100000]);
  assert.match((await failing(carol, shop, 'nothing', [])).message, /abi nothing not found/);
  assert.match((await failing(carol, shop, 'count', [])).message, /args length unmatched to abi count\. need 1, got 0/);
  assert.match((await failing(carol, 'Contractnone', 'count', [])).message, /contract Contractnone not found/);
  assert.equal(first(await call(carol, shop, 'count', [[1, 2, 3]])), '3');
});

await step('transactions that are refused', async () => {
  const refused = (change) => call(carol, shop, 'count', [[]], {}, change);
  await assert.rejects(refused((one) => (one.delay = 5 * SECOND)), /VerifyError invalid delay time/);
  await assert.rejects(refused((one) => one.setChainID(1020)), /invalid chain_id, should be 1024, yours:1020/);
  await assert.rejects(refused((one) => (one.expiration = one.time - SECOND)), /TimeError: tx\.time is expired/);
  await assert.rejects(refused((one) => (one.time -= 100 * SECOND)), /TimeError: tx\.time is expired/);
  await assert.rejects(refused((one) => (one.time += 100 * SECOND)), /TimeError: tx\.time is too large/);
  const keyPair = SDK.KeyPair.newKeyPair();
  const created = iost.newAccount('poorman', 'admin', keyPair.id, keyPair.id, 0, 0);
  created.addApprove('iost', '10');
  admin.signTx(created);
  await settle(created, rpc);
  await assert.rejects(
    call(withKey('poorman', keyPair), shop, 'count', [[]]),
    /gas not enough: user poorman has 1000000.* < 2000000/,
  );
  const once = iost.callABI(shop, 'count', [[]]);
  carol.signTx(once);
  await settle(once, rpc);
  await assert.rejects(rpc.transaction.sendTx(once), /tx exists in chain/);
});

await step('blocks tell what happened', async () => {
  const receipt = await call(carol, shop, 'count', [[7]], {}, (transaction) => transaction.setGas(1.5, 200000));
  const found = await rpc.transaction.getTxByHash(receipt.tx_hash);
  const { block, status } = await chain.getBlockByNum(found.block_number, true);
  const listed = block.transactions.find((transaction) => transaction.hash === receipt.tx_hash);
  assert.equal(status, 'IRREVERSIBLE');
  assert.deepEqual([listed.gas_ratio, listed.gas_limit, listed.actions[0].data], [1.5, 200000, '[[7]]']);
  assert.deepEqual(listed.tx_receipt, receipt);
  const last = Number(found.block_number);
  const range = { from_block: last - 1, to_block: last, contract: shop, action_name: 'count' };
  const { blocktx_list: matches } = await ask('getBlockTxsByContract', range);
  assert.deepEqual(
    matches.at(-1).tx_list.map((transaction) => transaction.hash),
    [receipt.tx_hash],
  );
});
