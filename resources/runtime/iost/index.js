/**
 * Profile iost: what a contract of the reference chain sees, price for price (spec/gas.md §5–8).
 */

import { installArrays } from './arrays.js';
import { createBigNumber, OriginalBigNumber } from './bignumber.js';
import { createBlockchain } from './blockchain.js';
import { createConsole } from './console.js';
import { createCrypto } from './crypto.js';
import { createRequire, createTransactionObjects } from './frame.js';
import { installGlobals } from './globals.js';
import { createNumbers } from './numbers.js';
import { installJSON } from './json.js';
import { installMathematics } from './mathematics.js';
import { createOwnNames } from './own_names.js';
import { createBinaryOperator, createSpreadElement, createTemplateTag } from './operators.js';
import { errorText, resultText } from './results.js';
import { collectShared } from './shared.js';
import { createStorage } from './storage.js';
import { installStrings } from './strings.js';

/** Names that contract text refers to, in the order of `createGlobals`' values. */
const PARAMETER_NAMES = [
  'storage',
  'blockchain',
  'IOSTCrypto',
  'console',
  'Console',
  'format',
  'formatWithOptions',
  'emptyOptions',
  'BigNumber',
  'Int64',
  'Float64',
  'MaxInt64',
  'MinInt64',
  'MaxFloat64',
  'MinFloat64',
  'require',
  'module',
  'block',
  'tx',
  'blockInfo',
  'txInfo',
  'IOSTInstruction',
];

/**
 * What the reference runs behind the contract, in the same script; `IOSTInstruction` calls the method. In front of a
 * contract that declares names of libraries itself, its `own` lets them find these.
 */
const ENDING =
  'const obj=new module.exports;let rs=IOSTInstruction(obj);' +
  "if(typeof rs==='function'||typeof rs==='object'){_IOSTInstruction_counter.incr(12);rs=JSON.stringify(rs);}return rs;";

/**
 * Change the built-in objects of this isolate and create the libraries. Called once, before hardening.
 *
 * @param {object} services
 * @param {(units: number) => void} services.charge the gas counter.
 * @param {(units: number) => void} services.tick the same for amounts that the compiler computed.
 * @param {import('../sandbox/counter.js').Meter} services.meter what compiled texts pay with.
 * @param {(operation: number, ...texts: (string|null)[]) => (string|boolean|null)} services.host the host call.
 * @param {() => number} services.gasUsed what the running frame has used.
 * @returns parameter names, their values for a frame, and how results and errors become texts. `machinery` is what
 *     compiled text uses and contract code must not get hold of, `roots` are the library objects that all frames share
 *     and that hardening must freeze. `ending` stands behind every contract's text; `run` runs both.
 */
export function install({ charge, tick, meter, host, gasUsed }) {
  let BigNumber;
  const numbers = createNumbers(OriginalBigNumber, () => BigNumber);
  BigNumber = createBigNumber(charge);
  const isNumberObject = (value) => value instanceof numbers.Int64 || value instanceof BigNumber;

  const ownNames = createOwnNames();
  const storage = createStorage(host);
  const blockchain = createBlockchain(host, numbers);
  const crypto = createCrypto(host);
  const { Console, format, formatWithOptions } = createConsole(host, isNumberObject, ownNames.find);
  const operators = {
    binary: createBinaryOperator(charge, tick),
    template: createTemplateTag(charge),
    spread: createSpreadElement(charge),
  };
  const isShared = collectShared();
  const globals = installGlobals(); // before the others: what it uses is not priced yet
  installJSON(charge, isShared);
  installStrings(charge);
  installMathematics(charge);
  installArrays(charge, gasUsed);

  return {
    parameterNames: PARAMETER_NAMES,
    machinery: {
      names: ['_IOSTInstruction_counter', '_IOSTBinaryOp', '_IOSTTemplateTag', '_IOSTSpreadElement'],
      values: [meter, operators.binary, operators.template, operators.spread],
    },
    removedGlobals: globals.newer,
    roots: [storage, blockchain, crypto, Console, format, formatWithOptions, operators, BigNumber, numbers],

    createGlobals(frame) {
      globals.hide();
      frame.invoke.own = ownNames.adopt;
      const frameStorage = { ...storage };
      const frameBlockchain = { ...blockchain };
      const { block, tx, blockInfo, txInfo } = createTransactionObjects(frame);
      return [
        frameStorage,
        frameBlockchain,
        { ...crypto },
        new Console(),
        Console,
        format,
        formatWithOptions,
        {},
        BigNumber,
        numbers.Int64,
        numbers.Float64,
        numbers.MaxInt64,
        numbers.MinInt64,
        numbers.MaxFloat64,
        numbers.MinFloat64,
        createRequire({ storage: frameStorage, blockchain: frameBlockchain }),
        { exports: numbers.Float64 },
        block,
        tx,
        blockInfo,
        txInfo,
        frame.invoke,
      ];
    },

    ending: ENDING,

    /** Run a contract and its method; returns what the method returned, objects as JSON. */
    run: ownNames.during,

    resultText,
    errorText,
  };
}
