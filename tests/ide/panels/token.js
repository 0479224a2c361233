class Token {
  init() {
    storage.put('supply', '21000000');
    storage.put('config', JSON.stringify({ symbol: 'gold', decimals: 8 }));
  }

  can_update(data) {
    return blockchain.requireAuth(blockchain.contractOwner(), 'active');
  }

  issue(to, amount) {
    this._credit(to, amount);
  }

  freeze(account, frozen) {
    storage.mapPut('frozen', account, frozen ? '1' : '0');
  }

  transfer(from, to, amount, memo) {
    if (storage.mapHas('frozen', from)) {
      throw new Error('the account is frozen');
    }
    const balance = Number(storage.mapGet('balances', from));
    if (balance < amount) {
      throw new Error('not enough');
    }
    storage.mapPut('balances', from, (balance - amount).toString());
    this._credit(to, amount);
    console.log('moving ' + amount + ' from ' + from + ' to ' + to);
    const rest = storage.mapGet('balances', from);
    storage.del('pending');
    if (memo.length > 20) throw new Error('memo is too long for this token');
    blockchain.event(JSON.stringify({ moved: amount, rest: rest }));
    return amount;
  }

  _credit(to, amount) {
    const before = Number(storage.mapGet('balances', to) || '0');
    storage.mapPut('balances', to, (before + amount).toString());
  }

  configure(settings) {
    storage.put('config', JSON.stringify(settings));
  }

  supply() {
    return storage.get('supply');
  }
}

module.exports = Token;
