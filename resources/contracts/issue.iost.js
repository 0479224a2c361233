/**
 * issue.iost: creates the token iost and issues 2.96 % of its supply a year.
 *
 * A third goes to block producers (bonus.iost), a third to candidates (vote_producer.iost), the rest to the foundation.
 */
const YEARLY_RATE = '0.0296';
const YEAR = '31536000000000000';
const SHARE = '0.33333333';

class Issuer {
  init() {
    storage.put('FoundationAccount', '');
  }

  /**
   * Create iost and issue the first balances; block 0 only.
   *
   * @param {string} admin
   * @param {{FoundationAccount: string, IOSTTotalSupply: number, IOSTDecimal: number}} config
   * @param {{ID: string, Balance: number}[]} holders
   */
  initGenesis(admin, config, holders) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    storage.put('adminID', admin);
    storage.put('FoundationAccount', config.FoundationAccount);
    const settings = { can_transfer: true, decimal: config.IOSTDecimal };
    blockchain.callWithAuth('token.iost', 'create', ['iost', 'issue.iost', config.IOSTTotalSupply, settings]);
    for (const holder of holders) {
      if (holder.Balance !== 0) this._issue(holder.ID, new Float64(holder.Balance).toFixed());
    }
    storage.put('IOSTDecimal', new Int64(config.IOSTDecimal).toFixed());
    storage.put('IOSTLastIssueTime', new Float64(block.time).toFixed());
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    const granted = blockchain.requireAuth(storage.get('adminID'), 'active');
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
    return true;
  }

  /** Issue what has become due since the last time; for base.iost and the administrator. */
  issueIOST() {
    this._requireOneOf(['base.iost', storage.get('adminID')]);
    const last = storage.get('IOSTLastIssueTime');
    if (!last) throw new Error('IOSTLastIssueTime not set.');
    const now = new Float64(block.time);
    const elapsed = now.minus(last);
    if (elapsed.lte(0)) return;
    const foundation = storage.get('FoundationAccount');
    if (!foundation) throw new Error('FoundationAccount not set.');
    storage.put('IOSTLastIssueTime', now.toFixed());

    const decimals = JSON.parse(storage.get('IOSTDecimal'));
    const rate = new Float64(YEARLY_RATE).div(new Float64(YEAR));
    const supply = new Float64(blockchain.callWithAuth('token.iost', 'supply', ['iost'])[0]);
    const due = supply.multi(rate).multi(elapsed);
    const share = due.multi(SHARE);
    const shareText = share.toFixed(decimals);
    this._issue(foundation, due.minus(share).minus(share).toFixed(decimals));
    this._issue('bonus.iost', shareText);
    this._issue('issue.iost', shareText);
    const taken = blockchain.callWithAuth('vote_producer.iost', 'topupCandidateBonus', [shareText, 'issue.iost'])[0];
    if (!taken) blockchain.transfer('issue.iost', foundation, shareText, '');
  }

  /** Issue iost to an account; for auth.iost only. */
  issueIOSTTo(account, amount) {
    this._requireOneOf(['auth.iost']);
    this._issue(account, amount);
  }

  _requireOneOf(accounts) {
    for (const account of accounts) {
      if (blockchain.requireAuth(account, 'active')) return;
    }
    throw new Error('issue iost permission denied');
  }

  _issue(account, amount) {
    blockchain.callWithAuth('token.iost', 'issue', ['iost', account, amount]);
  }
}

module.exports = Issuer;
