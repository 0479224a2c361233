/** `storage` (spec/gas.md §7.1, spec/contract-api.md §3). */

import { Operation } from '../operations.js';
import { checkLength, checkString } from './checks.js';

/** The functions of `storage`, in the order in which a contract sees them. */
export function createStorage(host) {
  function checked(what, end, texts, names) {
    for (let i = 0; i < texts.length; i += 1) checkString(texts[i], `IOSTContractStorage_${what} ${names[i]}`, end);
    for (let i = 0; i < texts.length; i += 1) checkLength(texts[i]);
  }

  // Wrong fields of a map are reported as a wrong key.
  const KEY = ['key', 'key'];
  const GLOBAL = ['contract', 'key', 'field'];

  function checkedPayer(what, payer) {
    if (payer === undefined) return '';
    checkString(payer, `IOSTContractStorage_${what} ramPayer`, '.');
    checkLength(payer);
    return payer;
  }

  // Assigned one by one: like the reference's they have no name.
  const storage = {};
  storage.put = function (key, value, payer) {
    if (typeof value !== 'string') throw new Error('storage put must be string');
    checked('Put', '.', [key], KEY);
    checkLength(value);
    return host(Operation.STORAGE_PUT, key, value, checkedPayer('Put', payer));
  };
  storage.get = function (key) {
    checked('Get', '', [key], KEY);
    return host(Operation.STORAGE_GET, key);
  };
  storage.has = function (key) {
    checked('Has', '', [key], KEY);
    return host(Operation.STORAGE_HAS, key);
  };
  storage.del = function (key) {
    checked('Del', '.', [key], KEY);
    return host(Operation.STORAGE_DEL, key);
  };
  storage.mapPut = function (key, field, value, payer) {
    if (typeof value !== 'string') throw new Error('storage mapPut must be string');
    checked('MapPut', '.', [key, field], KEY);
    checkLength(value);
    return host(Operation.MAP_PUT, key, field, value, checkedPayer('MapPut', payer));
  };
  storage.mapHas = function (key, field) {
    checked('MapHas', '', [key, field], KEY);
    return host(Operation.MAP_HAS, key, field);
  };
  storage.mapGet = function (key, field) {
    checked('MapGet', '', [key, field], KEY);
    return host(Operation.MAP_GET, key, field);
  };
  storage.mapKeys = function (key) {
    checked('MapKeys', '', [key], KEY);
    return JSON.parse(host(Operation.MAP_KEYS, key));
  };
  storage.mapLen = function (key) {
    checked('MapLen', '', [key], KEY);
    return +host(Operation.MAP_LEN, key);
  };
  storage.mapDel = function (key, field) {
    checked('MapDel', '', [key, field], KEY);
    return host(Operation.MAP_DEL, key, field);
  };
  storage.globalGet = function (contract, key) {
    checked('GlobalGet', '', [contract, key], GLOBAL);
    return host(Operation.GLOBAL_GET, contract, key);
  };
  storage.globalHas = function (contract, key) {
    checked('GlobalHas', '', [contract, key], GLOBAL);
    return host(Operation.GLOBAL_HAS, contract, key);
  };
  storage.globalMapHas = function (contract, key, field) {
    checked('GlobalMapHas', '', [contract, key, field], GLOBAL);
    return host(Operation.GLOBAL_MAP_HAS, contract, key, field);
  };
  storage.globalMapGet = function (contract, key, field) {
    checked('GlobalMapGet', '', [contract, key, field], GLOBAL);
    return host(Operation.GLOBAL_MAP_GET, contract, key, field);
  };
  storage.globalMapKeys = function (contract, key) {
    checked('GlobalMapKeys', '', [contract, key], GLOBAL);
    return JSON.parse(host(Operation.GLOBAL_MAP_KEYS, contract, key));
  };
  storage.globalMapLen = function (contract, key) {
    checked('GlobalMapLen', '', [contract, key], GLOBAL);
    return +host(Operation.GLOBAL_MAP_LEN, contract, key);
  };
  return storage;
}
