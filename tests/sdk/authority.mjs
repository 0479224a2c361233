/**
 * Who may do what, with the official SDK: `node authority.mjs URL ACCOUNTS_FILE`.
 *
 * Shared accounts, groups, contracts that update, call and pay each other, bounds on amounts, transactions undone as
 * a whole. Every step prints its name; the first that is not as it should be ends the script with a code other than 0.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { SDK, accountOf, connect, settle, withKey } from './sdk.mjs';

const [url, accountsFile] = process.argv.slice(2);
const known = Object.fromEntries(JSON.parse(readFileSync(accountsFile, 'utf8')).map((entry) => [entry.name, entry]));
const [admin, alice, bobby] = ['admin', 'alice', 'bobby'].map((name) => accountOf(name, known[name].secret_key));
const { iost, rpc } = await connect(url);
const chain = rpc.blockchain;

const SOURCE = `class Purse {
  init() {}
  can_update(data) { return blockchain.requireAuth(blockchain.contractOwner(), 'active'); }
  set(key, value) { storage.put(key, value); return 1; }
  fail(key) { storage.put(key, 'lost'); throw new Error('on purpose'); }
  pay(to, amount) { blockchain.transfer(blockchain.publisher(), to, amount, ''); }
  keep(amount) { blockchain.deposit(blockchain.publisher(), amount, ''); }
  lend(other, to, amount) { blockchain.callWithAuth(other, 'pull', [blockchain.contractName(), to, amount]); }
  ask(other, to, amount) { blockchain.call(other, 'pull', [blockchain.contractName(), to, amount]); }
  pull(from, to, amount) { blockchain.transfer(from, to, amount, ''); }
}
module.exports = Purse;
`;
const ANY = [{ token: '*', val: 'unlimited' }];
const METHODS = { can_update: 1, set: 2, fail: 1, pay: 2, keep: 1, lend: 3, ask: 3, pull: 3 };

/** The text that deploys a purse. */
function purse(code, version, id) {
  const abi = Object.entries(METHODS).map(([name, count]) => ({
    name,
    args: Array(count).fill('string'),
    amountLimit: name === 'pay' ? [{ token: 'iost', val: '10.5' }] : ANY,
  }));
  return JSON.stringify({ ID: id, info: { lang: 'javascript', version, abi }, code });
}

/** A call with the amounts that may move and the signers: lists of `account@permission` and who signs for it. */
function prepared(contract, method, parameters, { limits = {}, signers = [] } = {}) {
  const transaction = iost.callABI(contract, method, parameters);
  for (const [token, amount] of Object.entries(limits)) transaction.addApprove(token, amount);
  for (const [signer] of signers) transaction.addSigner(...signer.split('@'));
  for (const [, ...accounts] of signers) for (const account of accounts) account.sign(transaction, 'active');
  return transaction;
}

function call(publisher, contract, method, parameters, options) {
  const transaction = prepared(contract, method, parameters, options);
  publisher.signTx(transaction);
  return settle(transaction, rpc);
}

async function create(name) {
  const keyPair = SDK.KeyPair.newKeyPair();
  const transaction = iost.newAccount(name, 'admin', keyPair.id, keyPair.id, 5000, 100);
  transaction.addApprove('iost', '1000');
  transaction.addAction('token.iost', 'transfer', JSON.stringify(['iost', 'admin', name, '500', '']));
  admin.signTx(transaction);
  await settle(transaction, rpc);
  return withKey(name, keyPair);
}

const balance = async (account, token) => (await chain.getBalance(account, token)).balance;
const first = (receipt) => JSON.parse(receipt.returns[0])[0];

async function step(name, work) {
  await work();
  console.log(`ok ${name}`);
}

const shared = await create('shared01');
const friend = await create('friend01');
const owner = { signers: [['shared01@owner', shared]] };
let one, other;

await step('permissions are the owner’s to change', async () => {
  await assert.rejects(
    call(shared, 'auth.iost', 'addPermission', ['shared01', 'transfer', 100]),
    /require auth failed/,
  );
  await call(shared, 'auth.iost', 'addPermission', ['shared01', 'transfer', 100], owner);
  const account = await chain.getAccountInfo('shared01');
  assert.deepEqual(account.permissions.transfer, { name: 'transfer', group_names: [], items: [], threshold: '100' });
});

await step('two of them have to agree', async () => {
  const keyPair = SDK.KeyPair.newKeyPair();
  const key = withKey('shared01', keyPair);
  await call(shared, 'auth.iost', 'assignPermission', ['shared01', 'transfer', keyPair.id, 50], owner);
  await call(shared, 'auth.iost', 'assignPermission', ['shared01', 'transfer', 'friend01@active', 50], owner);
  const pay = (...accounts) =>
    call(bobby, 'token.iost', 'transfer', ['iost', 'shared01', 'bobby', '3', ''], {
      limits: { iost: '3' },
      signers: accounts.length ? [['shared01@transfer', ...accounts]] : [],
    });
  await assert.rejects(pay(), /transaction has no permission/);
  await assert.rejects(pay(key), /unauthorized signer: shared01@transfer/);
  await assert.rejects(pay(friend), /unauthorized signer: shared01@transfer/);
  await pay(key, friend);
  assert.equal(await balance('shared01'), 497);
});

await step('a group lends its weight', async () => {
  await call(shared, 'auth.iost', 'addGroup', ['shared01', 'team'], owner);
  await call(shared, 'auth.iost', 'assignGroup', ['shared01', 'team', 'alice@active', 100], owner);
  await call(shared, 'auth.iost', 'assignPermissionToGroup', ['shared01', 'transfer', 'team'], owner);
  const pay = () =>
    call(alice, 'token.iost', 'transfer', ['iost', 'shared01', 'bobby', '1', ''], { limits: { iost: '1' } });
  await pay();
  const account = await chain.getAccountInfo('shared01');
  assert.deepEqual(account.permissions.transfer.group_names, ['team']);
  assert.deepEqual(account.groups.team.items, [
    { id: 'alice', is_key_pair: false, weight: '100', permission: 'active' },
  ]);
  await call(shared, 'auth.iost', 'revokeGroup', ['shared01', 'team', 'alice@active'], owner);
  await assert.rejects(pay(), /transaction has no permission/);
  assert.equal(await balance('shared01'), 496);
});

await step('contracts', async () => {
  one = first(await call(alice, 'system.iost', 'setCode', [purse(SOURCE, '1.0.0')]));
  other = first(await call(bobby, 'system.iost', 'setCode', [purse(SOURCE, '1.0.0')]));
  const { abis } = await chain.getContract(one);
  assert.deepEqual(abis.find((method) => method.name === 'pay').amount_limit, [{ token: 'iost', value: '10.5' }]);
});

await step('bounds on amounts', async () => {
  const pay = (amount, limits) => call(friend, one, 'pay', ['bobby', amount], { limits });
  await pay('10.5', { iost: '10.5' });
  await assert.rejects(pay('10.6', { iost: '100' }), /token iost exceed amountLimit in abi\. need 10\.6/);
  await assert.rejects(pay('10', { iost: '9.99' }), /token iost exceed amountLimit in tx\. need 10/);
  await assert.rejects(pay('10', {}), /token iost exceed amountLimit in tx\. need 10/);
  assert.equal(await balance('friend01'), 489.5);
});

await step('all actions or none', async () => {
  const transaction = prepared(one, 'set', ['key', 'value'], { limits: { iost: '5' } });
  transaction.addAction('token.iost', 'transfer', JSON.stringify(['iost', 'friend01', 'bobby', '5', '']));
  transaction.addAction(one, 'fail', '["other"]');
  friend.signTx(transaction);
  await assert.rejects(settle(transaction, rpc), (failed) => {
    assert.match(failed.message, /on purpose/);
    assert.deepEqual([failed.outcome.returns, failed.outcome.receipts, failed.outcome.ram_usage], [[], [], {}]);
    return true;
  });
  assert.equal(await balance('friend01'), 489.5);
  assert.equal((await chain.getContractStorage(one, 'key')).data, 'null');
});

await step('a contract lends its authority', async () => {
  await call(friend, one, 'keep', ['50'], { limits: { iost: '50' } });
  await assert.rejects(call(friend, one, 'ask', [other, 'bobby', '5']), /transaction has no permission/);
  await call(friend, one, 'lend', [other, 'bobby', '5']);
  assert.equal(await balance(one), 45);
});

await step('an update needs the owner’s consent', async () => {
  const text = purse(SOURCE.replace('return 1', 'return 2'), '1.0.1', one);
  await assert.rejects(call(bobby, 'system.iost', 'updateCode', [text, '']), /update refused/);
  await call(alice, 'system.iost', 'updateCode', [text, '']);
  assert.equal(first(await call(bobby, one, 'set', ['key', 'value'])), '2');
  assert.equal((await chain.getContract(one)).version, '1.0.1');
  assert.equal(await balance(one), 45);
});

await step('an account paid for through exchange.iost', async () => {
  const { id } = SDK.KeyPair.newKeyPair();
  const parameters = ['iost', '', '150', `create:bought01:${id}:${id}`];
  await call(alice, 'exchange.iost', 'transfer', parameters, { limits: { iost: '150' } });
  const account = await chain.getAccountInfo('bought01');
  assert.equal(account.ram_info.available, '1000');
  assert.equal(account.gas_info.limit, 3000000);
});

await step('votes', async () => {
  const settings = { resultNumber: 2, minVote: 1, options: ['a', 'b'], anyOption: false, freezeTime: 0 };
  const deposit = { limits: { iost: '1000' } };
  const id = first(await call(alice, 'vote.iost', 'newVote', ['alice', 'a or b', settings], deposit));
  await call(bobby, 'vote.iost', 'vote', [id, 'bobby', 'a', '10'], { limits: { iost: '10' } });
  const result = JSON.parse(first(await call(alice, 'vote.iost', 'getResult', [id])));
  assert.deepEqual(result, [{ option: 'a', votes: '10' }]);
  await call(bobby, 'vote_producer.iost', 'vote', ['bobby', 'producer000', '1000'], deposit);
  const { vote_infos: votes } = await chain.getAccountInfo('bobby');
  assert.deepEqual(votes, [{ option: 'producer000', votes: 1000, cleared_votes: 0 }]);
});

await step('an Ethereum address gets an account with its first coins', async () => {
  const address = `0x${'ab'.repeat(20)}`;
  const parameters = ['iost', 'alice', address, '3', ''];
  const pay = (limit) => call(alice, 'token.iost', 'transfer', parameters, { limits: { iost: limit } });
  await assert.rejects(pay('12.99'), /token iost exceed amountLimit in tx\. need 13/);
  await pay('13');
  assert.equal((await chain.getAccountInfo(address)).balance, 3);
});

await step('a name for a contract', async () => {
  await assert.rejects(call(alice, 'domain.iost', 'link', ['my.purse', one]), /abi link not found/);
  await call(admin, 'system.iost', 'updateNativeCode', ['domain.iost', '1.0.0', '']);
  await call(alice, 'domain.iost', 'link', ['my.purse', one]);
  assert.equal(first(await call(bobby, 'my.purse', 'set', ['key', 'again'])), '2');
  await assert.rejects(call(bobby, 'domain.iost', 'link', ['my.purse', other]), /no privilege of claimed url/);
});
