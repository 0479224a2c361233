/**
 * vote.iost: votes on anything, with iost that stay locked while they count.
 *
 * Storage, all JSON: `current_id`; maps by vote id `voteInfo`, `owner`, `preResult` (option → votes, of options above
 * the vote's minimum), `preOrder` (those options, most votes first); map `v_ID` by option `{votes, deleted, clearTime}`;
 * map `u_ID` by account `{option: [votes, block, cleared votes]}`. Votes are decimal texts.
 */
const FEE = '1000';
const LONGEST_DESCRIPTION = 65536;
const MOST_OPTIONS = 65536;
const LONGEST_OPTION = 2048;
const MOST_RESULTS = 2000;
const IOST_DECIMALS = 8;
const YES = 1;
const NO = 0;

class Votes {
  init() {
    this._set('current_id', '0');
  }

  /** Set who may update this contract and vote for others; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    storage.put('adminID', admin);
    this._set('fundID', [admin]);
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    this._require(storage.get('adminID'));
    return true;
  }

  /**
   * Begin a vote for a deposit; returns its id.
   *
   * @param {string} owner
   * @param {string} description
   * @param {{resultNumber: number, minVote: string, options: string[], anyOption?: boolean, freezeTime?: number,
   *   canVote?: boolean}} settings `freezeTime` in seconds
   */
  newVote(owner, description, settings) {
    this._require(owner);
    if (description.length > LONGEST_DESCRIPTION) {
      throw new Error('description too long. max length is ' + LONGEST_DESCRIPTION + ' Byte.');
    }
    this._checkSettings(settings);
    const isGenesis = block.number === 0;
    if (!isGenesis) blockchain.callWithAuth('token.iost', 'transfer', ['iost', owner, 'vote.iost', FEE, '']);
    const id = new BigNumber(this._value('current_id')).plus(1).toFixed();
    this._set('current_id', id);
    for (const option of settings.options) this._setField('v_' + id, option, this._newOption(), owner);
    const info = {
      deleted: NO,
      description: description,
      resultNumber: settings.resultNumber,
      minVote: settings.minVote,
      anyOption: !!settings.anyOption,
      freezeTime: settings.freezeTime === undefined ? 0 : settings.freezeTime,
      deposit: isGenesis ? '0' : FEE,
      optionNum: settings.options.length,
      canVote: settings.canVote === undefined ? true : !!settings.canVote,
    };
    this._setField('voteInfo', id, info, owner);
    this._setField('owner', id, owner, owner);
    this._setField('preResult', id, {});
    return id;
  }

  /** Let people vote, or only the owner. */
  setCanVote(id, canVote) {
    this._changeInfo(id, 'canVote', canVote);
  }

  /** Set for how many seconds votes that are taken back stay locked. */
  setFreezeTime(id, seconds) {
    this._changeInfo(id, 'freezeTime', seconds);
  }

  /** Add an option, or bring back a removed one, `clearVote` without the votes it had. */
  addOption(id, option, clearVote) {
    const owner = this._requireOwner(id);
    const info = this._runningVote(id);
    if (option.length > LONGEST_OPTION) throw new Error('option too long. max length is 1024 Byte.');
    if (info.optionNum >= MOST_OPTIONS) throw new Error('options is full.');
    let entry = this._field('v_' + id, option);
    if (entry === null) {
      entry = this._newOption();
    } else {
      if (entry.deleted === NO) throw new Error('option already exist.');
      entry.deleted = NO;
      if (clearVote) {
        entry.clearTime = block.number;
        entry.votes = '0';
      } else if (new Float64(entry.votes).gte(info.minVote)) {
        this._rank(id, option, entry.votes);
      }
    }
    this._setField('v_' + id, option, entry, owner);
    info.optionNum += 1;
    this._setField('voteInfo', id, info, owner);
  }

  /** Remove an option; one that is among the results only with `force`. */
  removeOption(id, option, force) {
    const owner = this._requireOwner(id);
    const entry = this._field('v_' + id, option);
    if (entry === null) throw new Error('option not exist');
    const info = this._field('voteInfo', id);
    if (!force && this._isResult(id, option, info.resultNumber)) {
      throw new Error("option in result, can't be removed.");
    }
    if (info.deleted === YES || new Float64(entry.votes).isZero()) {
      storage.mapDel('v_' + id, option);
    } else {
      entry.deleted = YES;
      this._setField('v_' + id, option, entry, owner);
    }
    this._unrank(id, option);
    info.optionNum -= 1;
    this._setField('voteInfo', id, info, owner);
  }

  /** Return an option's `{votes, deleted, clearTime}`. */
  getOption(id, option) {
    this._runningVote(id);
    const entry = this._field('v_' + id, option);
    if (entry === null) throw new Error('option not exist');
    return entry;
  }

  /** Vote with iost, which are locked. */
  vote(id, account, option, amount) {
    this._checkExists(id);
    const info = this._runningVote(id);
    this._require(account);
    const entry = this._field('v_' + id, option);
    if (entry === null) throw new Error('option does not exist');
    this._checkOpen(id, info);
    const added = this._amount(amount);
    blockchain.deposit(account, added.toFixed(), '');
    if (entry.deleted === YES) throw new Error('option is removed.');

    const votes = this._field('u_' + id, account) || {};
    if (votes.hasOwnProperty(option)) {
      const own = this._cleared(votes[option], entry.clearTime);
      votes[option] = [added.plus(own[0]).toFixed(), block.number, own[2]];
    } else {
      votes[option] = this._cleared([added.toFixed(), block.number, '0'], entry.clearTime);
    }
    this._setField('u_' + id, account, votes, account);
    if (entry.clearTime === block.number) return; // votes of the block that cleared the option do not count
    const total = added.plus(entry.votes);
    entry.votes = total.toFixed();
    this._setField('v_' + id, option, entry, account);
    if (total.gte(info.minVote)) this._rank(id, option, entry.votes);
  }

  /** Take votes back; the iost can be used after the vote's freeze time. */
  unvote(id, account, option, amount) {
    this._checkExists(id);
    this._require(account);
    const votes = this._field('u_' + id, account);
    if (votes === null) throw new Error("account didn't vote.");
    const info = this._field('voteInfo', id);
    this._checkOpen(id, info);
    if (!votes[option]) throw new Error("account didn't vote for this option.");
    const taken = this._amount(amount);
    const entry = this._field('v_' + id, option);
    const own = this._cleared(votes[option], entry === null ? -1 : entry.clearTime);
    const held = new Float64(own[0]);
    if (held.lt(taken)) throw new Error('amount too large. max amount = ' + held.toFixed());
    const due = tx.time + (info.deleted === NO ? info.freezeTime * 1e9 : 0);
    blockchain.callWithAuth('token.iost', 'transferFreeze', ['iost', 'vote.iost', account, taken.toFixed(), due, '']);

    const left = held.minus(taken).toFixed();
    const stillCleared = new Float64(own[2]).minus(taken); // negative: what is taken from votes that count
    if (stillCleared.gt('0')) {
      votes[option] = [left, own[1], stillCleared.toFixed()];
      this._setField('u_' + id, account, votes, account);
      return;
    }
    this._keepUserVote(id, account, votes, option, [left, own[1], '0']);
    if (entry !== null) this._lowerOption(id, info, option, entry, stillCleared, account);
  }

  /** Return an account's votes: a list of `{option, votes, voteTime, clearedVotes}`. */
  getVote(id, account) {
    this._checkExists(id);
    const votes = this._field('u_' + id, account) || {};
    return Object.keys(votes).map(function (option) {
      const own = votes[option];
      return {
        option: option,
        votes: new Float64(own[0]).minus(own[2]).toFixed(),
        voteTime: own[1],
        clearedVotes: own[2],
      };
    });
  }

  /** Return the options with the most votes: a list of `{option, votes}`. */
  getResult(id) {
    this._checkExists(id);
    const ranked = this._field('preResult', id);
    const order = this._field('preOrder', id);
    if (!ranked || !order) return [];
    return order.slice(0, this._field('voteInfo', id).resultNumber).map(function (option) {
      return { option: option, votes: ranked[option] };
    });
  }

  /** End a vote and give its deposit back. */
  delVote(id) {
    const owner = this._requireOwner(id);
    const info = this._runningVote(id);
    if (!new Float64(info.deposit).isZero()) blockchain.withdraw(owner, info.deposit, '');
    info.deleted = YES;
    this._setField('voteInfo', id, info);
    storage.mapDel('preResult', id);
    storage.mapDel('preOrder', id);
  }

  // --- votes -------------------------------------------------------------------------------------

  _checkSettings(settings) {
    const results = settings.resultNumber;
    if (!results || !Number.isInteger(results) || results <= 0 || results > MOST_RESULTS) {
      throw new Error('resultNumber not valid.');
    }
    if (!settings.minVote || new BigNumber(settings.minVote).lte(0)) throw new Error('minVote not valid.');
    const options = settings.options;
    if (!options || !Array.isArray(options) || options.length > MOST_OPTIONS) throw new Error('options not valid.');
    for (const option of options) {
      if (typeof option !== 'string') throw new Error('options has none string value.');
      if (option.length > LONGEST_OPTION) throw new Error('option too long. max length is ' + LONGEST_OPTION + ' Byte.');
    }
    const seconds = settings.freezeTime;
    if (seconds !== undefined && (!Number.isInteger(seconds) || seconds < 0)) throw new Error('freezeTime not valid.');
  }

  _checkExists(id) {
    if (!storage.mapHas('voteInfo', id)) throw new Error('vote does not exist.');
  }

  _runningVote(id) {
    this._checkExists(id);
    const info = this._field('voteInfo', id);
    if (info.deleted === YES) throw new Error('vote has been deleted.');
    return info;
  }

  _requireOwner(id) {
    this._checkExists(id);
    const owner = this._field('owner', id);
    if (owner === null) throw new Error('check owner failed.');
    this._require(owner);
    return owner;
  }

  _checkOpen(id, info) {
    if (info.canVote === false) this._requireOwner(id);
  }

  _changeInfo(id, name, value) {
    if (!blockchain.requireAuth(storage.get('adminID'), 'active')) this._requireOwner(id);
    const info = this._field('voteInfo', id);
    info[name] = value;
    this._setField('voteInfo', id, info, blockchain.publisher());
  }

  _amount(text) {
    const amount = new Float64(new Float64(text).toFixed(IOST_DECIMALS));
    if (amount.lte('0')) throw new Error('amount must be positive');
    return amount;
  }

  // --- options and what accounts gave them ---------------------------------------------------------

  _newOption() {
    return { votes: '0', deleted: NO, clearTime: -1 };
  }

  /** Votes given before their option was cleared do not count any more, but can be taken back. */
  _cleared(own, clearTime) {
    return clearTime >= own[1] ? [own[0], own[1], own[0]] : own;
  }

  _keepUserVote(id, account, votes, option, own) {
    if (own[0] === '0') delete votes[option];
    else votes[option] = own;
    if (Object.keys(votes).length === 0) storage.mapDel('u_' + id, account);
    else this._setField('u_' + id, account, votes, account);
  }

  _lowerOption(id, info, option, entry, change, payer) {
    const total = new Float64(entry.votes).plus(change);
    entry.votes = total.toFixed();
    if (info.deleted === YES && total.isZero()) storage.mapDel('v_' + id, option);
    else this._setField('v_' + id, option, entry, payer);
    if (total.lt(info.minVote)) this._unrank(id, option);
    else this._rank(id, option, entry.votes);
  }

  // --- ranking -------------------------------------------------------------------------------------

  _isResult(id, option, count) {
    const ranked = this._field('preResult', id);
    if (!ranked || ranked[option] === undefined) return false;
    const votes = new Float64(ranked[option]);
    const better = Object.keys(ranked).filter(function (other) {
      return other !== option && votes.lt(ranked[other]);
    });
    return better.length < count;
  }

  /** Put an option where it belongs in the order; behind those with as many votes. */
  _rank(id, option, votes) {
    const ranked = this._field('preResult', id);
    if (ranked === null) return;
    const order = (this._field('preOrder', id) || []).filter(function (other) {
      return other !== option;
    });
    ranked[option] = votes;
    const mine = new Float64(votes);
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (mine.gt(ranked[order[middle]])) high = middle;
      else low = middle + 1;
    }
    order.splice(low, 0, option);
    this._setField('preResult', id, ranked);
    this._setField('preOrder', id, order);
  }

  _unrank(id, option) {
    const ranked = this._field('preResult', id);
    if (!ranked || ranked[option] === undefined) return;
    delete ranked[option];
    this._setField('preResult', id, ranked);
    const order = (this._field('preOrder', id) || []).filter(function (other) {
      return other !== option;
    });
    this._setField('preOrder', id, order);
  }

  // --- storage -------------------------------------------------------------------------------------

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

  _field(map, name) {
    const text = storage.mapGet(map, name);
    return text === null ? null : JSON.parse(text);
  }

  _setField(map, name, value, payer) {
    if (payer === undefined) storage.mapPut(map, name, JSON.stringify(value));
    else storage.mapPut(map, name, JSON.stringify(value), payer);
  }
}

module.exports = Votes;
