/**
 * ram.iost: a market where storage bytes are bought and sold for iost.
 *
 * The price follows a curve: `balance · (left / (left − n) − 1)` for n bytes. Bytes are the token `ram`. Storage holds
 * JSON numbers: `leftSpace`, `usedSpace`, `balance`, `lastUpdateBlockTime`, `increaseInterval` (seconds),
 * `increaseAmount`, and for each account `SR…` (bytes it bought itself) and `TR…` (all it was given).
 */
const RAM = 'ram';
const MARKET = 'ram.iost';
const FEE_RATE = 0.02;
const MINIMUM_FEE = 0.01;
const FIRST_PRICE = 0.005;
const MINIMUM_TRADE = 10;
const HIGHEST_SUPPLY = 6871947673600;
const FEE_RECEIVER = 'deadaddr';

class RamMarket {
  init() {}

  /** Set who may update this contract; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    this._set('adminID', admin);
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    this._require(this._value('adminID'), 'active');
    return true;
  }

  /** Create the token and open the market; `reserve` bytes are sold to the system. Block 0 only. */
  issue(total, interval, increase, reserve) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    const config = { decimal: 0, fullName: 'IOST system ram', onlyIssuerCanTransfer: true };
    blockchain.callWithAuth('token.iost', 'create', [RAM, MARKET, HIGHEST_SUPPLY, config]);
    blockchain.callWithAuth('token.iost', 'issue', [RAM, MARKET, total.toString()]);
    this._set('lastUpdateBlockTime', block.time);
    this._set('increaseInterval', interval);
    this._set('increaseAmount', increase);
    this._set('leftSpace', total);
    this._set('usedSpace', 0);
    this._set('balance', total * FIRST_PRICE);
    if (reserve !== 0) this._book(reserve, this._buyPrice(reserve));
  }

  /** Buy bytes for `account`; returns what `payer` paid in iost. */
  buy(payer, account, bytes) {
    this._checkTrade(payer, bytes);
    this._grow();
    const raw = this._round(this._buyPrice(bytes));
    const fee = Math.max(this._round(FEE_RATE * raw), MINIMUM_FEE);
    const paid = (raw + fee).toFixed(2);
    this._move('iost', payer, MARKET, paid);
    this._move('iost', MARKET, FEE_RECEIVER, fee.toFixed(2));
    this._move(RAM, MARKET, account, bytes.toString());
    this._book(bytes, raw);
    this._add('SR' + account, bytes);
    this._add('TR' + account, bytes);
    return paid;
  }

  /** Sell bytes that `account` bought itself; returns what `receiver` got in iost. */
  sell(account, receiver, bytes) {
    this._checkTrade(account, bytes);
    this._checkOwn(account, bytes, 'sell');
    this._move(RAM, account, MARKET, bytes.toString());
    const price = this._round(-this._buyPrice(-bytes));
    this._move('iost', MARKET, receiver, price.toFixed(2));
    this._book(-bytes, -price);
    this._add('SR' + account, -bytes);
    this._add('TR' + account, -bytes);
    return price.toFixed(2);
  }

  /** Give bytes to another account, which can use but not sell them. */
  lend(from, to, bytes) {
    this._checkTrade(from, bytes);
    this._checkOwn(from, bytes, 'lend');
    this._move(RAM, from, to, bytes.toString());
    this._add('SR' + from, -bytes);
    this._add('TR' + from, -bytes);
    this._add('TR' + to, bytes);
  }

  _checkTrade(account, bytes) {
    if (bytes < MINIMUM_TRADE) throw new Error('minimum ram amount for trading is 10 byte');
    this._require(account, 'transfer');
  }

  _checkOwn(account, bytes, purpose) {
    const own = this._value('SR' + account) || 0;
    if (own < bytes) throw new Error('self ram amount ' + own + ', not enough for ' + purpose);
  }

  _require(account, permission) {
    const granted = blockchain.requireAuth(account, permission);
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
  }

  /** Issue the bytes that have become due since the last purchase. */
  _grow() {
    const interval = this._value('increaseInterval');
    const last = this._value('lastUpdateBlockTime');
    const slots = Math.floor(block.time / 1e9 / interval) - Math.floor(last / 1e9 / interval);
    if (slots <= 0) return;
    const bytes = this._value('increaseAmount') * slots;
    blockchain.callWithAuth('token.iost', 'issue', [RAM, MARKET, bytes.toString()]);
    this._set('lastUpdateBlockTime', block.time);
    this._add('leftSpace', bytes);
  }

  _buyPrice(bytes) {
    const left = this._value('leftSpace');
    if (left <= bytes) {
      throw new Error('buy amount is too much. left space is not enough ' + left + ' is less than ' + bytes);
    }
    return this._value('balance') * (left / (left - bytes) - 1);
  }

  /** Record that `bytes` left the market for `price`. */
  _book(bytes, price) {
    this._add('leftSpace', -bytes);
    this._add('balance', price);
    this._add('usedSpace', bytes);
  }

  _move(token, from, to, amount) {
    blockchain.callWithAuth('token.iost', 'transfer', [token, from, to, amount, '']);
  }

  _round(amount) {
    return Math.round(amount * 100) / 100;
  }

  _value(key) {
    const text = storage.get(key);
    return text === null ? null : JSON.parse(text);
  }

  _set(key, value) {
    storage.put(key, JSON.stringify(value));
  }

  _add(key, change) {
    this._set(key, (this._value(key) || 0) + change);
  }
}

module.exports = RamMarket;
