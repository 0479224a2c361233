/** A profile for the tests of the sandbox: the counter, a few host operations, nothing else. */
import { Operation } from '../../../../resources/runtime/operations.js';

const textOf = String;

export function install({ charge, host, gasUsed }) {
  return {
    parameterNames: ['module', 'storage', 'call', 'log', 'gasUsed', 'contract'],
    machinery: { names: ['_IOSTInstruction_counter'], values: [{ incr: charge }] },
    createGlobals: (frame) => [
      { exports: undefined },
      {
        get: (key) => host(Operation.STORAGE_GET, key),
        has: (key) => host(Operation.STORAGE_HAS, key),
        put: (key, value) => host(Operation.STORAGE_PUT, key, value, null),
      },
      (contract, api, argumentsText) => host(Operation.CALL, contract, api, argumentsText),
      (text) => host(Operation.CONSOLE, 'info', text),
      gasUsed,
      frame.contract,
    ],
    ending: 'return module.exports;',
    run(factory, values, invoke) {
      const module = { exports: Reflect.apply(factory, undefined, values) };
      return invoke(new module.exports());
    },
    resultText: (value) => (value === undefined ? '' : textOf(value)),
    errorText: (error) => `Uncaught exception: ${textOf(error)}`,
  };
}
