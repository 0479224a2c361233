/** exchange.iost: transfers for exchanges, which can also create the receiver's account. */
const MINIMUM_AMOUNT = 100;
const RAM_BYTES = 1000;
const SIGN_UP_PLEDGE = 10;
const COMMAND = 'create:';

class Exchange {
  init() {}

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    const granted = blockchain.requireAuth('admin', 'active');
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
    return true;
  }

  /**
   * Transfer the publisher's tokens. With an empty `to`, the memo `create:NAME:OWNERKEY:ACTIVEKEY` creates an account,
   * buys RAM for it, and transfers what is left.
   */
  transfer(token, to, amount, memo) {
    const from = blockchain.publisher();
    if (to !== '') {
      blockchain.call('token.iost', 'transfer', [token, from, to, amount, memo]);
      return;
    }
    const total = new BigNumber(amount);
    if (total.lt(MINIMUM_AMOUNT)) throw new Error('transfer amount should be greater or equal to ' + MINIMUM_AMOUNT);
    if (!memo.startsWith(COMMAND)) throw new Error('unsupported command : ' + memo + ', use create:XX');
    if (token !== 'iost') throw new Error('must transfer iost if you want to create a new account');
    const parts = memo.split(':').slice(1);
    if (parts.length !== 3) {
      throw new Error('memo of transferring to a new account should be of format create:name:ownerKey:activeKey');
    }
    blockchain.call('auth.iost', 'signUp', parts);
    const price = blockchain.call('ram.iost', 'buy', [from, parts[0], RAM_BYTES])[0];
    const spent = new BigNumber(price).plus(SIGN_UP_PLEDGE);
    if (total.lt(spent)) {
      throw new Error('amount not enough to buy 1kB RAM and pledge 10 IOST Gas. need ' + total.toString());
    }
    blockchain.transfer(from, parts[0], total.minus(spent), memo);
  }
}

module.exports = Exchange;
