/**
 * bonus.iost: rewards block producers with the token `contribute`, and exchanges that for iost.
 *
 * Storage holds JSON: `blockContrib` (reward a block), `lastTime` (when it was set, nanoseconds), `adminID`.
 */
const TOKEN = 'contribute';
const FIRST_REWARD = '3.28513441';
const REWARD_PER_SUPPLY = new Float64('1.564349722223e-10');
const WEEK = 604800000000000;
const HIGHEST_SUPPLY = 90000000000;

class Bonus {
  init() {
    const config = { can_transfer: false, decimal: 8 };
    blockchain.callWithAuth('token.iost', 'create', [TOKEN, 'bonus.iost', HIGHEST_SUPPLY, config]);
    this._set('blockContrib', FIRST_REWARD);
    this._set('lastTime', block.time);
  }

  /** Set who may update this contract; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    this._set('adminID', admin);
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    this._require(this._value('adminID'));
    return true;
  }

  /** Reward the parent block's producer; for base.iost only. */
  issueContribute(data) {
    this._require('base.iost');
    this._adjustReward();
    const witness = data.parent[0];
    const known = storage.globalMapGet('vote_producer.iost', 'producerKeyToId', witness);
    const receiver = known ? JSON.parse(known) : witness;
    blockchain.callWithAuth('token.iost', 'issue', [TOKEN, receiver, this._value('blockContrib')]);
  }

  /** Exchange `contribute` for iost one to one; an amount of zero means all. */
  exchangeIOST(account, amount) {
    this._require(account);
    const held = this._balance(TOKEN, account);
    const asked = new Float64(amount);
    const wanted = asked.isZero() ? new Float64(held) : asked;
    if (wanted.lte('0') || wanted.gt(held)) throw new Error('invalid amount: negative or greater than contribute');
    if (wanted.gt(this._balance('iost', blockchain.contractName()))) {
      throw new Error('left bonus not enough, please wait');
    }
    blockchain.callWithAuth('token.iost', 'destroy', [TOKEN, account, wanted.toFixed()]);
    blockchain.withdraw(account, wanted.toFixed(), '');
  }

  /** Once a week the reward follows the supply of iost. */
  _adjustReward() {
    if (block.time < this._value('lastTime') + WEEK) return;
    const supply = new Float64(blockchain.callWithAuth('token.iost', 'supply', ['iost'])[0]);
    this._set('blockContrib', supply.multi(REWARD_PER_SUPPLY).toFixed(8));
    this._set('lastTime', block.time);
  }

  _balance(token, account) {
    return blockchain.callWithAuth('token.iost', 'balanceOf', [token, account])[0];
  }

  _require(account) {
    const granted = blockchain.requireAuth(account, 'active');
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
  }

  _value(key) {
    return JSON.parse(storage.get(key));
  }

  _set(key, value) {
    storage.put(key, JSON.stringify(value));
  }
}

module.exports = Bonus;
