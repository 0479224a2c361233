/**
 * auth.iost: accounts, their permissions and groups.
 *
 * An account is one JSON text in the map `auth`:
 * `{id, referrer, permissions: {name: {name, groups, items, threshold}}, groups: {name: {name, items}}}`.
 * An item is a key or `account@permission`, with a weight.
 */
const ACCOUNTS = 'auth';
const SIGN_UP_PLEDGE = '10';
const SIMPLE_WEIGHT = 100;

class AccountRegistry {
  init() {}

  /** Set who may update this contract; block 0 only. */
  initAdmin(admin) {
    if (block.number !== 0) throw new Error('init out of genesis block');
    storage.put('adminID', admin);
  }

  /** Answer whether the administrator agrees to an update. */
  can_update(data) {
    return blockchain.requireAuth(storage.get('adminID'), 'active');
  }

  /** Create an account; the publisher pledges gas for it. An address like Ethereum's has no keys. */
  signUp(id, ownerKey, activeKey) {
    if (storage.mapHas(ACCOUNTS, id)) throw new Error('id existed > ' + id);
    if (this._checkId(id) && (ownerKey !== '' || activeKey !== '')) throw new Error('permission should be empty');
    const referrer = blockchain.publisher();
    const account = {
      id: id,
      referrer: referrer,
      permissions: { active: this._simplePermission('active', activeKey), owner: this._simplePermission('owner', ownerKey) },
      groups: {},
    };
    this._save(account, blockchain.contractName());
    if (block.number !== 0) blockchain.callWithAuth('gas.iost', 'pledge', [referrer, id, SIGN_UP_PLEDGE]);
    this._leaveReceipt([id, ownerKey, activeKey]);
  }

  /** Add an empty permission. */
  addPermission(id, name, threshold) {
    const account = this._load(id);
    this._checkName(name);
    if (account.permissions[name] !== undefined) throw new Error('permission already exist');
    account.permissions[name] = { name: name, groups: [], items: [], threshold: threshold };
    this._finish(account, [id, name, threshold]);
  }

  /** Remove a permission. */
  dropPermission(id, name) {
    const account = this._load(id);
    if (name === 'active' || name === 'owner') throw 'drop active or owner is forbidden';
    delete account.permissions[name];
    this._finish(account, [id, name]);
  }

  /** Put an item into a permission, or change its weight. */
  assignPermission(id, name, item, weight) {
    const account = this._load(id);
    this._checkWeight(weight);
    const items = account.permissions[name].items;
    if (!this._reweigh(items, item, weight)) {
      if (item.startsWith('@')) throw 'unexpected item';
      items.push(this._newItem(item, weight));
    }
    this._finish(account, [id, name, item, weight]);
  }

  /** Take an item out of a permission. */
  revokePermission(id, name, item) {
    const account = this._load(id);
    this._remove(account.permissions[name].items, item);
    this._finish(account, [id, name, item]);
  }

  /** Add an empty group. */
  addGroup(id, group) {
    const account = this._load(id);
    this._checkName(group);
    if (account.groups[group] !== undefined) throw new Error('group already exist');
    account.groups[group] = { name: group, items: [] };
    this._finish(account, [id, group]);
  }

  /** Remove a group; permissions go on naming it, which has no effect. */
  dropGroup(id, group) {
    const account = this._load(id);
    delete account.groups[group];
    this._finish(account, [id, group]);
  }

  /** Put an item into a group, or change its weight. */
  assignGroup(id, group, item, weight) {
    const account = this._load(id);
    this._checkWeight(weight);
    const items = account.groups[group].items;
    if (!this._reweigh(items, item, weight)) items.push(this._newItem(item, weight));
    this._finish(account, [id, group, item, weight]);
  }

  /** Take an item out of a group. */
  revokeGroup(id, group, item) {
    const account = this._load(id);
    this._remove(account.groups[group].items, item);
    this._finish(account, [id, group, item]);
  }

  /** Let a group's items count for a permission. */
  assignPermissionToGroup(id, name, group) {
    const account = this._load(id);
    if (account.groups[group] === undefined) throw new Error('group does not exist');
    account.permissions[name].groups.push(group);
    this._finish(account, [id, name, group]);
  }

  /** Let a group's items no longer count for a permission. */
  revokePermissionInGroup(id, name, group) {
    const account = this._load(id);
    const groups = account.permissions[name].groups;
    const position = groups.indexOf(group);
    if (position >= 0) groups.splice(position, 1);
    this._finish(account, [id, name, group]);
  }

  /** Return an account whose owner agrees to a change. */
  _load(id) {
    if (!blockchain.requireAuth(id, 'owner')) throw new Error('require auth failed');
    return JSON.parse(storage.mapGet(ACCOUNTS, id));
  }

  _save(account, payer) {
    storage.mapPut(ACCOUNTS, account.id, JSON.stringify(account), payer);
  }

  _finish(account, receipt) {
    this._save(account, account.id);
    this._leaveReceipt(receipt);
  }

  _leaveReceipt(content) {
    blockchain.receipt(JSON.stringify(content));
  }

  _simplePermission(name, key) {
    return {
      name: name,
      groups: [],
      items: [{ id: key, is_key_pair: true, weight: SIMPLE_WEIGHT }],
      threshold: SIMPLE_WEIGHT,
    };
  }

  /** Check a new account's id; answers whether it is an address like Ethereum's. In block 0 everything passes. */
  _checkId(id) {
    if (block.number === 0) return false;
    if (id.startsWith('0x') && id.length === 42) {
      if (id.toLowerCase() !== id) throw new Error('id invalid. upper case not allowed');
      return true;
    }
    if (id.length < 5 || id.length > 11) throw new Error('id invalid. id length should be between 5,11 > ' + id);
    if (id.startsWith('Contract')) throw new Error("id invalid. id shouldn't start with 'Contract'.");
    this._checkCharacters(id, false);
    return false;
  }

  /** Check the name of a permission or group. */
  _checkName(name) {
    if (block.number === 0) return;
    if (name.length < 1 || name.length > 32) {
      const error = new Error('id is not defined');
      error.name = 'ReferenceError'; // what the reference chain says here
      throw error;
    }
    this._checkCharacters(name, true);
  }

  _checkCharacters(text, capitals) {
    for (const character of text) {
      const letter = (character >= 'a' && character <= 'z') || (capitals && character >= 'A' && character <= 'Z');
      if (!letter && !(character >= '0' && character <= '9') && character !== '_') {
        throw new Error('id invalid. id contains invalid character > ' + character);
      }
    }
  }

  _checkWeight(weight) {
    if (weight <= 0) throw 'weight less than zero';
  }

  _newItem(text, weight) {
    const at = text.indexOf('@');
    if (at < 0) return { id: text, is_key_pair: true, weight: weight };
    return { id: text.slice(0, at), permission: text.slice(at + 1), is_key_pair: false, weight: weight };
  }

  _reweigh(items, id, weight) {
    for (const item of items) {
      if (item.id === id) {
        item.weight = weight;
        return true;
      }
    }
    return false;
  }

  _remove(items, text) {
    const at = text.indexOf('@');
    if (at === 0) throw 'unexpected item';
    const id = at < 0 ? text : text.slice(0, at);
    const permission = at < 0 ? undefined : text.slice(at + 1);
    const position = items.findIndex(function (item) {
      return item.id === id && item.permission === permission;
    });
    if (position < 0) throw new Error('item not found');
    items.splice(position, 1);
  }
}

module.exports = AccountRegistry;
