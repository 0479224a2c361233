/**
 * Profile modern: today's ECMAScript, less what hardening removes, with the chain's libraries.
 *
 * Semantics are the language's own. Members that profile iost has cost the same here; the rest is priced in
 * proportion to its work.
 */

import { createBigNumber, OriginalBigNumber } from '../iost/bignumber.js';
import { createBlockchain } from '../iost/blockchain.js';
import { createCrypto } from '../iost/crypto.js';
import { createTransactionObjects } from '../iost/frame.js';
import { hideFunctionText } from '../iost/globals.js';
import { createNumbers } from '../iost/numbers.js';
import { createSpreadElement } from '../iost/operators.js';
import { apply } from '../iost/primordials.js';
import { errorText } from '../iost/results.js';
import { createStorage } from '../iost/storage.js';
import { createConsole } from './console.js';
import { priceConstructors } from './constructors.js';
import { installDate } from './date.js';
import { installEval } from './evaluation.js';
import { installJSON } from './json.js';
import { priceMembersOfBuiltIns } from './members.js';
import { installRandom } from './random.js';
import { createRequire } from './require.js';
import { createResults } from './results.js';

/** What is said where a contract, or a library in it, tries to compile text. */
export const whyNoCompiling =
  'a contract cannot use eval or new Function; what generates code has to run before packing';

/** Names that contract text refers to, in the order of `createGlobals`' values. */
const PARAMETER_NAMES = [
  'storage',
  'blockchain',
  'IOSTCrypto',
  'console',
  'BigNumber',
  'Int64',
  'Float64',
  'MaxInt64',
  'MinInt64',
  'MaxFloat64',
  'MinFloat64',
  'require',
  'module',
  'exports',
  'block',
  'tx',
  'blockInfo',
  'txInfo',
];

/**
 * Change the built-in objects of this isolate and create the libraries. Called once, before hardening.
 *
 * @param {object} services
 * @param {(units: number) => void} services.charge the gas counter.
 * @param {import('../sandbox/counter.js').Meter} services.meter what compiled texts pay with.
 * @param {(operation: number, ...texts: (string|null)[]) => (string|boolean|null)} services.host the host call.
 * @param {() => number} services.gasUsed what the running frame has used.
 * @returns as in profile iost, and `isAbnormal`, which tells whether an
 *     error means that a result has no text.
 */
export function install({ charge, meter, host, gasUsed }) {
  let BigNumber;
  const numbers = createNumbers(OriginalBigNumber, () => BigNumber);
  BigNumber = createBigNumber(charge);
  const isNumberObject = (value) =>
    value instanceof numbers.Int64 || value instanceof numbers.Float64 || value instanceof BigNumber;

  const storage = createStorage(host);
  const blockchain = createBlockchain(host, numbers);
  const crypto = createCrypto(host);
  const consoleMethods = createConsole(charge, host, isNumberObject);
  const spread = createSpreadElement(charge);
  const { resultText, isAbnormal } = createResults(charge, installJSON(charge));

  hideFunctionText();
  priceMembersOfBuiltIns(charge, gasUsed);
  priceConstructors(charge);
  const setBlockTime = installDate(charge);
  const random = installRandom();
  installEval();

  return {
    parameterNames: PARAMETER_NAMES,
    machinery: { names: ['_IOSTInstruction_counter', '_IOSTSpreadElement'], values: [meter, spread] },
    roots: [storage, blockchain, crypto, consoleMethods, spread, BigNumber, numbers],

    createGlobals(frame) {
      const frameStorage = { ...storage };
      const frameBlockchain = { ...blockchain };
      const { block, tx, blockInfo, txInfo } = createTransactionObjects(frame);
      const module = { exports: {} };
      setBlockTime(block.time);
      return [
        frameStorage,
        frameBlockchain,
        { ...crypto },
        { ...consoleMethods },
        BigNumber,
        numbers.Int64,
        numbers.Float64,
        numbers.MaxInt64,
        numbers.MinInt64,
        numbers.MaxFloat64,
        numbers.MinFloat64,
        createRequire({ storage: frameStorage, blockchain: frameBlockchain }),
        module,
        module.exports,
        block,
        tx,
        blockInfo,
        txInfo,
      ];
    },

    ending: 'return module.exports;',

    /** Load a contract's modules and run the method of what they export; returns its result. */
    run(factory, values, invoke) {
      'use strict'; // the bundle is a sloppy script: without this, `caller` of the contract would lead here
      const outer = random.setLoading(true); // a contract may call another one while it is loaded
      try {
        const module = { exports: apply(factory, undefined, values) };
        random.setLoading(false);
        return invoke(new module.exports());
      } finally {
        random.setLoading(outer);
      }
    },

    resultText,
    errorText,
    isAbnormal,
  };
}
