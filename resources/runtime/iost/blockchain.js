/** `blockchain` (spec/contract-api.md §4, spec/gas.md §7.3–7.4). */

import { Operation } from '../operations.js';
import { checkLength, checkString } from './checks.js';

/**
 * The functions of `blockchain`, in the order in which a contract sees them.
 *
 * @param {Function} host the synchronous host call.
 * @param {{Float64: Function}} numbers
 */
export function createBlockchain(host, { Float64 }) {
  function contextMember(name) {
    return JSON.parse(host(Operation.CONTEXT_INFO))[name];
  }

  function contractName() {
    return contextMember('contract_name');
  }

  function publisher() {
    return contextMember('publisher');
  }

  function callHost(operation, name, contract, api, args) {
    const text = typeof args === 'object' ? JSON.stringify(args) : args;
    const prefix = `IOSTBlockchain_${name}`;
    checkString(contract, `${prefix} contract`);
    checkString(api, `${prefix} api`);
    checkString(text, `${prefix} arg`);
    checkLength(contract);
    checkLength(api);
    checkLength(text);
    return JSON.parse(host(operation, contract, api, text));
  }

  function transfer(from, to, amount, memo) {
    const number = amount instanceof Float64 ? amount : new Float64(amount);
    const args = ['iost', from, to, number.toString(), memo.toString()];
    return callHost(Operation.CALL_WITH_AUTH, 'callWithAuth', 'token.iost', 'transfer', args);
  }

  function say(operation, name, content) {
    checkString(content, `IOSTBlockchain_${name} content`);
    checkLength(content);
    return host(operation, content);
  }

  return {
    transfer,
    withdraw(to, amount, memo) {
      return transfer(contractName(), to, amount, memo);
    },
    deposit(from, amount, memo) {
      return transfer(from, contractName(), amount, memo);
    },
    blockInfo() {
      return host(Operation.BLOCK_INFO);
    },
    txInfo() {
      return host(Operation.TX_INFO);
    },
    contextInfo() {
      return host(Operation.CONTEXT_INFO);
    },
    contractName,
    publisher,
    contractOwner() {
      return host(Operation.GLOBAL_MAP_GET, 'system.iost', 'contract_owner', contractName());
    },
    call(contract, api, args) {
      return callHost(Operation.CALL, 'call', contract, api, args);
    },
    callWithAuth(contract, api, args) {
      return callHost(Operation.CALL_WITH_AUTH, 'callWithAuth', contract, api, args);
    },
    requireAuth(accountID, permission) {
      checkString(accountID, 'IOSTBlockchain_requireAuth accountID');
      checkString(permission, 'IOSTBlockchain_requireAuth permission');
      checkLength(accountID);
      checkLength(permission);
      return host(Operation.REQUIRE_AUTH, accountID, permission);
    },
    receipt(content) {
      return say(Operation.RECEIPT, 'receipt', content);
    },
    event(content) {
      return say(Operation.EVENT, 'event', content);
    },
  };
}
