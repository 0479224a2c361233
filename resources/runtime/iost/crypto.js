/** `IOSTCrypto` (spec/gas.md §7.2, spec/contract-api.md §5). */

import { Operation } from '../operations.js';
import { checkLength, checkString } from './checks.js';
import { NativeError } from './primordials.js';

/** The functions of `IOSTCrypto`. */
export function createCrypto(host) {
  function checkCount(name, args, count) {
    if (args.length !== count) throw new NativeError(`IOSTCrypto_${name} invalid argument length.`);
  }

  function checkArgument(name, argument, value) {
    checkString(value, `IOSTCrypto_${name} ${argument}`, '.');
    checkLength(value);
  }

  function hash(name, operation, args) {
    checkCount(name, args, 1);
    checkArgument(name, 'msg', args[0]);
    return host(operation, args[0]);
  }

  return {
    sha3() {
      return hash('sha3', Operation.SHA3, arguments);
    },
    sha3Hex() {
      return hash('sha3Hex', Operation.SHA3_HEX, arguments);
    },
    ripemd160Hex() {
      return hash('ripemd160Hex', Operation.RIPEMD160_HEX, arguments);
    },
    verify() {
      checkCount('verify', arguments, 4);
      checkArgument('verify', 'algo', arguments[0]);
      checkArgument('verify', 'msg', arguments[1]);
      checkArgument('verify', 'sig', arguments[2]);
      checkArgument('verify', 'pubkey', arguments[3]);
      return +host(Operation.VERIFY, arguments[0], arguments[1], arguments[2], arguments[3]);
    },
  };
}
