/**
 * base.iost: what every block begins with.
 *
 * Counts the blocks of each witness, has producers' votes counted and new iost issued when they are due, and has the
 * parent block's producer rewarded.
 */
const VOTE_INTERVAL = 1200;
const ISSUE_INTERVAL = 172800;
const COUNTS = 'witness_produced';

class Base {
  init() {
    storage.put('execBlockNumber', '0');
  }

  /** Set who may update this contract; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    storage.put('adminID', JSON.stringify(admin));
  }

  /** Answer true if the administrator agrees to an update, fail otherwise. */
  can_update(data) {
    const granted = blockchain.requireAuth(JSON.parse(storage.get('adminID')), 'active');
    if (!granted) throw new Error('require auth failed. ret = ' + granted);
    return true;
  }

  /**
   * Do a block's duties, once a block.
   *
   * @param {{parent: [string, string, boolean]}} data the parent block's witness and gas, and whether the list of
   *   witnesses is about to change.
   */
  exec(data) {
    const number = block.number.toString();
    if (storage.get('execBlockNumber') === number) return true;
    storage.put('execBlockNumber', number);
    this._countBlock();
    if (block.number % VOTE_INTERVAL === 0 && !data.parent[2]) {
      blockchain.callWithAuth('vote_producer.iost', 'stat', '[]');
      storage.del(COUNTS);
    }
    if (block.number % ISSUE_INTERVAL === 0) blockchain.callWithAuth('issue.iost', 'issueIOST', '[]');
    blockchain.callWithAuth('bonus.iost', 'issueContribute', [data]);
  }

  _countBlock() {
    const counts = JSON.parse(storage.get(COUNTS) || '{}');
    counts[block.witness] = (counts[block.witness] || 0) + 1;
    storage.put(COUNTS, JSON.stringify(counts));
  }
}

module.exports = Base;
