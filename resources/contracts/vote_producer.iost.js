/**
 * vote_producer.iost: who may produce blocks, elected on vote.iost, and the rewards of candidates and voters.
 *
 * Storage, JSON unless said otherwise: `voteId` and `adminID` (plain texts); `producerTable` and `producerKeyToId` (maps
 * by account, by key); `producerMap` (what `stat` needs of approved producers, by account) and `producerKeyMap` (key →
 * account); `currentProducerList` and `pendingProducerList` (keys), `producerNumber`; `producerScores`, `witnessWatched`,
 * `witnessPenality`. Rewards are shared by coefficients: whoever holds n votes has earned n · coefficient − mask, with
 * `candCoef`, map `candMask`, `candAllKey` (all votes that count) for candidates, maps `voterCoef` and `v_PRODUCER` for voters.
 */
const VOTE = 'vote.iost';
const THRESHOLD = '2100000';
const FREEZE_SECONDS = 604800;
const INTERVAL = 1200;
const PENALTY_BLOCKS = 172800;
const MISSES_BEFORE_PENALTY = 3;
const HALVING_BLOCKS = 31104000;
const DECIMALS = 8;
const MOST_RESULTS = 2000;
const APPLIED = 0;
const APPROVED = 1;
const LEAVING = 2;
const LEFT = 3;

class ProducerElection {
  init() {
    this._set('currentProducerList', []);
    this._set('pendingProducerList', []);
    const settings = {
      resultNumber: MOST_RESULTS,
      minVote: THRESHOLD,
      options: [],
      anyOption: false,
      freezeTime: FREEZE_SECONDS,
      canVote: false,
    };
    const returned = blockchain.callWithAuth(VOTE, 'newVote', ['vote_producer.iost', 'vote for producer', settings]);
    storage.put('voteId', returned[0]);
  }

  /** Make an account a producer; block 0 only. */
  initProducer(account, key) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    if (storage.mapHas('producerKeyToId', key)) throw new Error('pubkey is used by another producer');
    const keys = this._value('pendingProducerList');
    keys.push(key);
    keys.sort(function (a, b) {
      return b < a ? 1 : -1;
    });
    this._set('pendingProducerList', keys);
    this._set('producerNumber', keys.length);
    this._vote('addOption', [this._voteId(), account, false]);
    const producer = { pubkey: key, loc: '', url: '', netId: '', isProducer: true, status: APPROVED, online: true };
    this._setField('producerTable', account, producer, account);
    this._setField('producerKeyToId', key, account, account);
    this._list(account, producer);
  }

  /** Set who may update this contract and approve producers; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    storage.put('adminID', admin);
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    this._requireAdmin();
    return true;
  }

  // --- producers -----------------------------------------------------------------------------------

  /** Apply as producer or, without `isProducer`, as partner. */
  applyRegister(account, key, location, url, netId, isProducer) {
    this._requireAny(account, 'vote');
    if (storage.mapHas('producerTable', account)) throw new Error('producer exists');
    if (storage.mapHas('producerKeyToId', key)) throw new Error('pubkey is used by another producer');
    const producer = {
      pubkey: key,
      loc: location,
      url: url,
      netId: netId,
      isProducer: isProducer,
      status: APPLIED,
      online: false,
    };
    this._setField('producerTable', account, producer, blockchain.publisher());
    this._setField('producerKeyToId', key, account, blockchain.publisher());
    this._vote('addOption', [this._voteId(), account, false]);
    this._receipt([account, key, location, url, netId, isProducer]);
  }

  /** Ask to leave. */
  applyUnregister(account) {
    this._requireAny(account, 'vote');
    const producer = this._producer(account);
    if (producer.status === APPLIED) return;
    if (producer.status !== APPROVED) throw new Error('producer not approved');
    producer.status = LEAVING;
    this._setField('producerTable', account, producer, blockchain.publisher());
    this._receipt([account]);
  }

  /** Approve an application; administrator only. */
  approveRegister(account) {
    this._requireAdmin();
    const producer = this._producer(account);
    producer.status = APPROVED;
    this._setField('producerTable', account, producer);
    this._list(account, producer);
    this._receipt([account]);
  }

  /** Let a producer go that asked to leave; administrator only. */
  approveUnregister(account) {
    this._requireAdmin();
    const producer = this._producer(account);
    if (producer.status !== LEAVING) throw new Error('producer not unapplied');
    this._dismiss(account, producer);
  }

  /** Let a producer go; administrator only. */
  forceUnregister(account) {
    this._requireAdmin();
    this._dismiss(account, this._producer(account));
  }

  /** Take a former producer, or one that was never approved, off the election. */
  unregister(account) {
    this._requireAny(account, 'vote');
    const producer = this._field('producerTable', account);
    if (producer !== null && producer.status !== APPLIED && producer.status !== LEFT) {
      throw new Error('producer can not unregister');
    }
    if (this._isElected(account)) {
      throw new Error("producer in pending list or in current list, can't unregister");
    }
    this._vote('removeOption', [this._voteId(), account, true]);
    if (producer !== null) {
      storage.mapDel('producerTable', account);
      storage.mapDel('producerKeyToId', producer.pubkey);
      this._unlist(account);
    }
    this._receipt([account]);
  }

  /** Change a producer's description, or its key while it is not elected. */
  updateProducer(account, key, location, url, netId) {
    this._requireAny(account, 'vote');
    const producer = this._producer(account);
    if (producer.pubkey !== key) {
      if (storage.mapHas('producerKeyToId', key)) throw new Error('pubkey is used by another producer');
      if (this._isElected(account)) throw new Error("account in producerList, can't change pubkey");
      storage.mapDel('producerKeyToId', producer.pubkey);
      this._setField('producerKeyToId', key, account, blockchain.publisher());
    }
    producer.pubkey = key;
    producer.loc = location;
    producer.url = url;
    producer.netId = netId;
    this._store(account, producer);
    this._receipt([account, key, location, url, netId]);
  }

  /** Return what is known about a producer, with its votes. */
  getProducer(account) {
    const producer = this._producer(account);
    if (this._isActive(producer)) producer.voteInfo = this._vote('getOption', [this._voteId(), account]);
    return producer;
  }

  /** Declare a producer ready. */
  logInProducer(account) {
    this._requireAny(account, 'vote');
    if (!storage.mapHas('producerTable', account)) throw new Error('producer not exists, ' + account);
    this._setOnline(account, true);
  }

  /** Declare a producer absent. */
  logOutProducer(account) {
    this._requireAny(account, 'vote');
    this._setOnline(account, false);
  }

  // --- votes ---------------------------------------------------------------------------------------

  /** Kept for its callers; voting cannot be switched off. */
  switchOff(off) {}

  /** Vote for a producer with iost, which are locked. */
  vote(voter, producer, amount) {
    this._require(voter, 'active');
    if (!storage.mapHas('producerTable', producer)) throw new Error('producer not exists');
    this._changeVotes('vote', voter, producer, this._amount(amount));
  }

  /** Take votes back. */
  unvote(voter, producer, amount) {
    this._require(voter, 'active');
    this._changeVotes('unvote', voter, producer, this._amount(amount));
  }

  /** Return an account's votes. */
  getVote(voter) {
    return this._vote('getVote', [this._voteId(), voter]);
  }

  // --- rewards -------------------------------------------------------------------------------------

  /** Share iost of `payer` among a producer's voters; answers false if it has none. */
  topupVoterBonus(producer, amount, payer) {
    const added = this._amount(amount);
    if (!this._shareAmongVoters(producer, added, payer)) return false;
    this._receipt([producer, added, payer]);
    return true;
  }

  /** Share iost of `payer` among all candidates; answers false if there are none. */
  topupCandidateBonus(amount, payer) {
    const all = this._number(this._value('candAllKey'));
    if (all.lte('0')) return false;
    const added = this._amount(amount);
    blockchain.deposit(payer, added.toFixed(), '');
    const coefficient = this._number(this._value('candCoef')).plus(added.div(all));
    storage.put('candCoef', JSON.stringify(coefficient.toFixed()), payer);
    this._receipt([added, payer]);
    return true;
  }

  /** Return what a voter can withdraw. */
  getVoterBonus(voter) {
    return this._voterBonus(voter, false).toFixed(DECIMALS);
  }

  /** Pay out a voter's reward. */
  voterWithdraw(voter) {
    this._requireAny(voter, 'operate');
    const earned = this._voterBonus(voter, true);
    if (earned.gt('0')) blockchain.withdraw(voter, earned.toFixed(DECIMALS), '');
  }

  /** Return what a candidate can withdraw, its voters' half included. */
  getCandidateBonus(account) {
    return this._candidateBonus(account, false).toFixed(DECIMALS);
  }

  /** Pay out a candidate's reward: half to it, half shared among its voters. */
  candidateWithdraw(account) {
    this._requireAny(account, 'operate');
    const earned = this._candidateBonus(account, true);
    if (earned.lte('0')) return;
    const own = earned.div('2').toFixed(DECIMALS);
    const shared = earned.minus(own).toFixed(DECIMALS);
    blockchain.withdraw(account, own, '');
    this._shareAmongVoters(account, new Float64(shared), blockchain.contractName());
    this._receipt([account, own, shared]);
  }

  // --- counting ------------------------------------------------------------------------------------

  /** Count votes and choose who produces next; for base.iost, every 1200 blocks. */
  stat() {
    this._require('base.iost', 'active');
    if (block.number % INTERVAL !== 0) return;
    const known = this._value('producerMap') || {};
    const accounts = this._value('producerKeyMap') || {};
    const pending = this._value('pendingProducerList');
    const current = this._value('currentProducerList');
    const produced = JSON.parse(storage.globalGet('base.iost', 'witness_produced') || '{}');
    const watched = this._recentlyWatched();
    const penalties = this._runningPenalties();
    const tally = this._tally(known, accounts, pending, penalties);

    const staying = [];
    const leaving = [];
    for (const key of pending) {
      const account = accounts[key];
      const producer = known[account];
      this._watch(watched, penalties, account, produced[key]);
      const isDead = current.includes(key) && !produced[key];
      const isPunished = (penalties[account] || 0) >= block.number;
      if (!producer.online || isDead || isPunished || !tally.eligible[producer.pubkey]) {
        leaving.push(producer.pubkey);
        if (isDead) tally.scores[account] = this._exact(tally.scores[account]).div('2').toFixed(DECIMALS);
      } else {
        staying.push({ key: producer.pubkey, prior: 1, score: this._exact(tally.scores[account]) });
      }
    }
    const count = this._value('producerNumber');
    const ranked = staying.concat(tally.newcomers).sort(this._byScore);
    const elected = ranked
      .map(function (candidate) {
        return candidate.key;
      })
      .concat(leaving)
      .slice(0, count);
    this._set('currentProducerList', pending);
    this._set('pendingProducerList', elected);
    this._receipt({ currentList: pending, pendingList: elected });
    this._set('witnessWatched', watched);
    this._set('witnessPenality', penalties);
    this._lowerScores(tally, elected, accounts, count);
    this._set('producerScores', tally.scores);
  }

  /** Add up scores; who is not in the pending list and could be elected is a newcomer. */
  _tally(known, accounts, pending, penalties) {
    const old = this._value('producerScores') || {};
    const tally = { scores: {}, total: new BigNumber('0'), count: 0, newcomers: [], eligible: {} };
    const isPending = {};
    for (const key of pending) isPending[accounts[key]] = true;
    for (const result of this._vote('getResult', [this._voteId()])) {
      const account = result.option;
      const producer = known[account];
      if (!producer || !producer.isProducer || !this._isActive(producer)) continue;
      const isReady = producer.online && (penalties[account] || 0) < block.number;
      const score = new BigNumber(isReady ? result.votes : '0').plus(old[account] || '0');
      tally.scores[account] = score.toFixed();
      tally.total = tally.total.plus(score);
      tally.count += 1;
      if (isReady && isPending[account]) tally.eligible[producer.pubkey] = true;
      else if (isReady) tally.newcomers.push({ key: producer.pubkey, prior: 0, score: score });
    }
    return tally;
  }

  _byScore(a, b) {
    if (!a.score.eq(b.score)) return a.score.lt(b.score) ? 1 : -1;
    if (b.prior !== a.prior) return b.prior - a.prior;
    return b.key < a.key ? 1 : -1;
  }

  /** The elected pay a tenth of the average for their turn; all scores halve from time to time. */
  _lowerScores(tally, elected, accounts, count) {
    const price = tally.total.div((tally.count || count) * 10);
    for (const key of elected) {
      const account = accounts[key];
      const score = this._exact(tally.scores[account]).minus(price);
      if (score.gte('0')) tally.scores[account] = score.toFixed(DECIMALS);
      else delete tally.scores[account];
    }
    if (block.number % HALVING_BLOCKS !== 0) return;
    for (const account of Object.keys(tally.scores)) {
      tally.scores[account] = this._exact(tally.scores[account]).div('2').toFixed(DECIMALS);
    }
  }

  _recentlyWatched() {
    const watched = this._value('witnessWatched') || {};
    for (const account of Object.keys(watched)) {
      if (watched[account].bn + PENALTY_BLOCKS < block.number) delete watched[account];
    }
    return watched;
  }

  _runningPenalties() {
    const penalties = this._value('witnessPenality') || {};
    for (const account of Object.keys(penalties)) {
      if (penalties[account] < block.number) delete penalties[account];
    }
    return penalties;
  }

  /** Count how often a producer missed its turn; three times in a row keep it out for a while. */
  _watch(watched, penalties, account, blocks) {
    if (blocks) {
      delete watched[account];
      return;
    }
    if (!watched[account]) watched[account] = { bn: block.number, count: 0 };
    watched[account].count += 1;
    if (watched[account].count >= MISSES_BEFORE_PENALTY) {
      penalties[account] = block.number + PENALTY_BLOCKS;
      delete watched[account];
    }
  }

  // --- the producers' tables -------------------------------------------------------------------------

  _producer(account) {
    const producer = this._field('producerTable', account);
    if (producer === null) throw new Error('producer not exists');
    return producer;
  }

  _isActive(producer) {
    return producer.status === APPROVED || producer.status === LEAVING;
  }

  _setOnline(account, online) {
    const producer = this._producer(account);
    producer.online = online;
    this._store(account, producer);
    this._receipt([account]);
  }

  _store(account, producer) {
    this._setField('producerTable', account, producer, blockchain.publisher());
    if (this._isActive(producer)) this._list(account, producer);
  }

  _dismiss(account, producer) {
    producer.status = LEFT;
    this._setField('producerTable', account, producer);
    this._unlist(account, producer);
    this._receipt([account]);
  }

  _isElected(account) {
    const accounts = this._value('producerKeyMap') || {};
    const keys = this._value('pendingProducerList').concat(this._value('currentProducerList'));
    return keys.findIndex(function (key) {
      return accounts[key] === account;
    }) >= 0;
  }

  _listed(producer) {
    return {
      pubkey: producer.pubkey,
      isProducer: producer.isProducer,
      status: producer.status,
      online: producer.online,
    };
  }

  _list(account, producer) {
    const known = this._value('producerMap') || {};
    const accounts = this._value('producerKeyMap') || {};
    known[account] = this._listed(producer);
    accounts[producer.pubkey] = account;
    this._set('producerMap', known);
    this._set('producerKeyMap', accounts);
  }

  /** Forget a producer; one that is to produce next stays known until it has been replaced. */
  _unlist(account, producer) {
    const known = this._value('producerMap') || {};
    const accounts = this._value('producerKeyMap') || {};
    const kept = {};
    let isPending = false;
    for (const key of this._value('pendingProducerList')) {
      kept[key] = accounts[key];
      if (accounts[key] === account) isPending = true;
    }
    if (!isPending) delete known[account];
    else if (producer !== undefined) known[account] = this._listed(producer);
    for (const name of Object.keys(known)) kept[known[name].pubkey] = name;
    this._set('producerMap', known);
    this._set('producerKeyMap', kept);
  }

  // --- shares ----------------------------------------------------------------------------------------

  _changeVotes(method, voter, producer, amount) {
    this._vote(method, [this._voteId(), voter, producer, amount.toFixed()]);
    const change = method === 'vote' ? amount : amount.negated();
    const mask = this._voterMask(voter, producer).plus(this._voterCoefficient(producer).multi(change));
    this._setField('v_' + producer, voter, mask.toFixed(), voter);
    this._changeCandidate(producer, change, voter);
    this._receipt([voter, producer, amount]);
  }

  /** Votes of a candidate count from the threshold on. */
  _changeCandidate(account, change, payer) {
    const votes = this._votesOf(account);
    const before = votes.minus(change);
    const counted = votes.gte(THRESHOLD) ? votes : new Float64('0');
    const countedBefore = before.gte(THRESHOLD) ? before : new Float64('0');
    const difference = counted.minus(countedBefore);
    if (difference.isZero()) return;
    const all = this._number(this._value('candAllKey')).plus(difference);
    this._set('candAllKey', all.toFixed());
    const coefficient = this._number(this._value('candCoef'));
    const mask = this._number(this._field('candMask', account)).plus(coefficient.multi(difference));
    this._setField('candMask', account, mask.toFixed(), payer);
  }

  _candidateBonus(account, isTaken) {
    const votes = this._votesOf(account);
    const counted = votes.lt(THRESHOLD) ? new Float64('0') : votes;
    const mask = this._number(this._field('candMask', account));
    const earned = this._number(this._value('candCoef')).multi(counted).minus(mask);
    if (isTaken) this._setField('candMask', account, mask.plus(earned).toFixed(), blockchain.publisher());
    return earned;
  }

  _shareAmongVoters(producer, amount, payer) {
    const votes = this._votesOf(producer);
    if (votes.lte('0')) return false;
    blockchain.deposit(payer, amount.toFixed(), '');
    const coefficient = this._voterCoefficient(producer).plus(amount.div(votes));
    this._setField('voterCoef', producer, coefficient.toFixed(), payer);
    return true;
  }

  _voterBonus(voter, isTaken) {
    const byProducer = {};
    let sum = new Float64(0);
    for (const vote of this.getVote(voter)) {
      const mask = this._voterMask(voter, vote.option);
      const earned = this._voterCoefficient(vote.option).multi(vote.votes).minus(mask);
      sum = sum.plus(earned);
      if (isTaken) this._setField('v_' + vote.option, voter, mask.plus(earned).toFixed(), blockchain.publisher());
      if (earned.gt('0')) byProducer[vote.option] = earned.toFixed(DECIMALS);
    }
    if (Object.keys(byProducer).length > 0) this._receipt(byProducer);
    return sum;
  }

  _voterCoefficient(producer) {
    return this._number(this._field('voterCoef', producer));
  }

  _voterMask(voter, producer) {
    return this._number(this._field('v_' + producer, voter));
  }

  _votesOf(account) {
    return new Float64(this._vote('getOption', [this._voteId(), account]).votes);
  }

  // --- basics ----------------------------------------------------------------------------------------

  _voteId() {
    return storage.get('voteId');
  }

  /** Call vote.iost and return the value in its result. */
  _vote(method, parameters) {
    const text = blockchain.callWithAuth(VOTE, method, parameters)[0];
    return text === '' ? '' : JSON.parse(text);
  }

  _amount(text) {
    const amount = new Float64(new Float64(text).toFixed(DECIMALS));
    if (amount.lte('0')) throw new Error('amount must be positive');
    return amount;
  }

  _number(text) {
    return new Float64(text || '0');
  }

  _exact(text) {
    return new BigNumber(text || '0');
  }

  _requireAdmin() {
    this._require(storage.get('adminID'), 'active');
  }

  _require(account, permission) {
    const granted = blockchain.requireAuth(account, permission);
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
  }

  /** The account itself, the administrator and the operator may act for a producer. */
  _requireAny(account, permission) {
    for (const name of [account, storage.get('adminID'), 'operator']) {
      if (blockchain.requireAuth(name, permission)) return;
    }
    throw new Error('require auth failed.');
  }

  _receipt(content) {
    blockchain.receipt(JSON.stringify(content));
  }

  _value(key) {
    return JSON.parse(storage.get(key));
  }

  _set(key, value) {
    storage.put(key, JSON.stringify(value));
  }

  _field(map, name) {
    return JSON.parse(storage.mapGet(map, name));
  }

  _setField(map, name, value, payer) {
    if (payer === undefined) storage.mapPut(map, name, JSON.stringify(value));
    else storage.mapPut(map, name, JSON.stringify(value), payer);
  }
}

module.exports = ProducerElection;
