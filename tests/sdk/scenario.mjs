/**
 * What a program does on a node with the official SDK: `node scenario.mjs URL ACCOUNTS_FILE`.
 *
 * Every step prints its name; the first that is not as it should be ends the script with a code other than 0.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { SDK, accountOf, connect, settle, withKey } from './sdk.mjs';

const [url, accountsFile] = process.argv.slice(2);
const known = Object.fromEntries(JSON.parse(readFileSync(accountsFile, 'utf8')).map((entry) => [entry.name, entry]));
const admin = accountOf('admin', known.admin.secret_key);
const { iost, rpc } = await connect(url);

const SOURCE = `class Counter {
  init() { storage.put('n', '0'); }
  /**
   * @param {string} by
   */
  add(by) {
    const n = new Int64(storage.get('n')).plus(by).toString();
    storage.put('n', n);
    storage.mapPut('calls', n, blockchain.publisher());
    blockchain.event(JSON.stringify({ n: n }));
    blockchain.receipt('added ' + by);
    return n;
  }
  fail() { throw new Error('on purpose'); }
}
module.exports = Counter;
`;
const CONTRACT = {
  info: {
    lang: 'javascript',
    version: '1.0.0',
    abi: [
      { name: 'add', args: ['string'], amountLimit: [] },
      { name: 'fail', args: [], amountLimit: [] },
    ],
  },
  code: SOURCE,
};

/** Call, sign as `account` and wait; `limits` are amounts of tokens that may move. */
function call(account, contract, method, parameters, limits = {}) {
  const transaction = iost.callABI(contract, method, parameters);
  for (const [token, amount] of Object.entries(limits)) transaction.addApprove(token, amount);
  account.signTx(transaction);
  return settle(transaction, rpc);
}

/** Read lines of the subscription until `count` events have come. */
async function events(contract, count, act) {
  const controller = new AbortController();
  const response = await fetch(`${url}/subscribe`, {
    method: 'POST',
    body: JSON.stringify({ topics: ['CONTRACT_EVENT', 'CONTRACT_RECEIPT'], filter: { contract_id: contract } }),
    signal: controller.signal,
  });
  assert.equal(response.status, 200);
  const acted = act();
  const found = [];
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n');
    rest = lines.pop();
    found.push(...lines.map((line) => JSON.parse(line).result.event));
    if (found.length >= count) break;
  }
  controller.abort();
  await acted;
  return found;
}

async function step(name, work) {
  await work();
  console.log(`ok ${name}`);
}

const user = withKey('sdkuser01', SDK.KeyPair.newKeyPair());
let contract = '';

await step('connect', async () => {
  const node = await rpc.net.getNodeInfo();
  assert.equal(node.mode, 'ModeNormal');
  assert.match(node.server_time, /^\d{19}$/);
  const chain = await rpc.blockchain.getChainInfo();
  assert.equal(chain.chain_id, 1024);
  assert.equal(chain.head_block, chain.lib_block);
  assert.deepEqual(await rpc.blockchain.getGasRatio(), { lowest_gas_ratio: 1, median_gas_ratio: 1 });
});

await step('an account is not created without approval', async () => {
  const key = SDK.KeyPair.newKeyPair().id;
  const transaction = iost.newAccount('sdkuser00', 'admin', key, key, 1024, 100);
  admin.signTx(transaction);
  await assert.rejects(settle(transaction, rpc), /token iost exceed amountLimit in tx\. need 10/);
});

await step('create an account', async () => {
  const key = user.getKeyPair('active').B58PubKey();
  const transaction = iost.newAccount('sdkuser01', 'admin', key, key, 1024, 100);
  transaction.addApprove('iost', '200');
  admin.signTx(transaction);
  const receipt = await settle(transaction, rpc);
  assert.equal(receipt.status_code, 'SUCCESS');
  const account = await rpc.blockchain.getAccountInfo('sdkuser01');
  assert.equal(account.permissions.active.items[0].id, key);
  assert.equal(account.ram_info.available, '1024');
  assert.equal(account.gas_info.limit, 110 * 300000);
});

await step('pledge', () => call(admin, 'gas.iost', 'pledge', ['admin', 'sdkuser01', '500'], { iost: '500' }));

await step('buy RAM', async () => {
  const receipt = await call(admin, 'ram.iost', 'buy', ['admin', 'sdkuser01', 50000], { iost: '1000' });
  assert.ok(Number(JSON.parse(receipt.returns[0])[0]) > 1);
  assert.equal((await rpc.blockchain.getAccountInfo('sdkuser01', 1)).ram_info.available, '51024');
});

await step('transfer and balances', async () => {
  const transaction = iost.transfer('iost', 'admin', 'sdkuser01', '12.5', 'hello');
  admin.signTx(transaction);
  const receipt = await settle(transaction, rpc);
  assert.deepEqual(receipt.receipts, [
    { func_name: 'token.iost/transfer', content: '["iost","admin","sdkuser01","12.5","hello"]' },
  ]);
  assert.equal((await rpc.blockchain.getBalance('sdkuser01')).balance, 12.5);
  assert.equal((await rpc.blockchain.getBalance('nobody00', 'iost', 1)).balance, 0);
});

await step('publish a contract', async () => {
  const receipt = await call(user, 'system.iost', 'setCode', [JSON.stringify(CONTRACT)]);
  contract = JSON.parse(receipt.returns[0])[0];
  assert.equal(contract, `Contract${receipt.tx_hash}`);
  const published = await rpc.blockchain.getContract(contract);
  assert.equal(published.orig_code, SOURCE);
  assert.deepEqual(
    published.abis.map((method) => method.name).filter((name) => name !== 'init'),
    ['add', 'fail'],
  );
});

await step('call, receipt, storage, events', async () => {
  let receipt;
  const seen = await events(contract, 2, async () => {
    receipt = await call(user, contract, 'add', ['5']);
  });
  assert.deepEqual(receipt.returns, ['["5"]']);
  assert.deepEqual(receipt.receipts, [{ func_name: `${contract}/add`, content: 'added 5' }]);
  assert.ok(Number(receipt.ram_usage[contract] ?? receipt.ram_usage.sdkuser01) > 0);
  assert.deepEqual(seen.map((event) => [event.topic, event.data]), [
    ['CONTRACT_EVENT', '{"n":"5"}'],
    ['CONTRACT_RECEIPT', 'added 5'],
  ]);
  assert.equal((await rpc.blockchain.getContractStorage(contract, 'n')).data, '5');
  assert.equal((await rpc.blockchain.getContractStorage(contract, 'calls', '5', true)).data, 'sdkuser01');
  assert.equal((await rpc.blockchain.getContractStorage(contract, 'none')).data, 'null');
  assert.deepEqual((await rpc.blockchain.getContractStorageFields(contract, 'calls')).fields, ['5']);
  const found = await rpc.transaction.getTxByHash(receipt.tx_hash);
  assert.equal(found.status, 'IRREVERSIBLE');
  assert.equal(found.transaction.publisher, 'sdkuser01');
  const block = await rpc.blockchain.getBlockByNum(found.block_number, true);
  assert.equal(block.block.transactions[1].hash, receipt.tx_hash);
  assert.equal((await rpc.blockchain.getBlockByHash(block.block.hash, false)).block.number, found.block_number);
});

await step('a failing call has a receipt', async () => {
  const failure = await call(user, contract, 'fail', []).catch((error) => error);
  assert.equal(failure.outcome.status_code, 'RUNTIME_ERROR');
  assert.match(failure.outcome.message, /Error: on purpose/);
  assert.deepEqual(failure.outcome.returns, []);
});

await step('a wrong key is refused', async () => {
  const stranger = withKey('sdkuser01', SDK.KeyPair.newKeyPair());
  await assert.rejects(call(stranger, contract, 'add', ['1']), /unauthorized publisher: sdkuser01/);
});

await step('token721', async () => {
  await call(user, 'token721.iost', 'create', ['cats', 'sdkuser01', 10]);
  const issued = await call(user, 'token721.iost', 'issue', ['cats', 'sdkuser01', '{"name":"Tom"}']);
  const id = JSON.parse(issued.returns[0])[0];
  assert.deepEqual(await rpc.blockchain.getToken721Balance('sdkuser01', 'cats'), { balance: '1', tokenIDs: [id] });
  await call(user, 'token721.iost', 'transfer', ['cats', 'sdkuser01', 'admin', id]);
  assert.equal((await rpc.blockchain.getToken721Owner('cats', id)).owner, 'admin');
  assert.equal((await rpc.blockchain.getToken721Metadata('cats', id)).metadata, '{"name":"Tom"}');
  await assert.rejects(rpc.blockchain.getToken721Owner('cats', '77'), /token cats 77 not found/);
});

await step('a second signer', async () => {
  const alice = accountOf('alice', known.alice.secret_key);
  const transaction = iost.callABI('token.iost', 'transfer', ['iost', 'alice', 'sdkuser01', '1', '']);
  transaction.addApprove('iost', '1');
  transaction.addSigner('alice', 'active');
  alice.sign(transaction, 'active');
  user.signTx(transaction);
  await settle(transaction, rpc);
  assert.equal((await rpc.blockchain.getBalance('sdkuser01')).balance, 13.5);
});

await step('an account with a secp256k1 key', async () => {
  // The SDK makes its random keys as hexadecimal text of any length; one of 32 bytes is a key for all programs.
  const seckey = Buffer.alloc(32, 7);
  const keyPair = new SDK.KeyPair(seckey, SDK.Algorithm.Secp256k1);
  const key = keyPair.B58PubKey();
  const transaction = iost.callABI('auth.iost', 'signUp', ['sdkuser02', key, key]);
  transaction.addAction('gas.iost', 'pledge', JSON.stringify(['admin', 'sdkuser02', '100']));
  transaction.addApprove('iost', '110');
  admin.signTx(transaction);
  await settle(transaction, rpc);
  const other = withKey('sdkuser02', keyPair);
  const give = iost.transfer('iost', 'admin', 'sdkuser02', '5');
  admin.signTx(give);
  await settle(give, rpc);
  let back;
  do {
    // The SDK leaves out leading zero bytes of a signature; such a one is signed again at another time.
    back = iost.transfer('iost', 'sdkuser02', 'admin', '2');
    other.signTx(back);
  } while (back.publisher_sigs[0].sig.length < 64);
  await settle(back, rpc);
  assert.equal((await rpc.blockchain.getBalance('sdkuser02')).balance, 3);
});

await step('signAndSend', async () => {
  iost.setAccount(user);
  const receipt = await new Promise((resolve, reject) => {
    iost.signAndSend(iost.callABI(contract, 'add', ['2'])).on('failed', reject).on('success', resolve);
  });
  assert.deepEqual(receipt.returns, ['["7"]']);
});

await step('errors', async () => {
  await assert.rejects(rpc.transaction.getTxByHash('nothing'), /"message":"tx not found"/);
  await assert.rejects(rpc.transaction.getTxReceiptByHash('nothing'), /"code":12,"message":"Not Implemented"/);
  await assert.rejects(rpc.blockchain.getAccountInfo('nobody00'), /account not found/);
  await assert.rejects(rpc.blockchain.getAccountInfo('Nobody'), /id invalid\./);
});
