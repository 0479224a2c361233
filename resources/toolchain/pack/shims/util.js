/** Node's module `util`, as far as it has a meaning on a chain. */
const { inspect, brand } = require('./inspect.js');
const { format } = require('./format.js');
const { isDeepEqual } = require('./equality.js');

const refused = (name) =>
  function notOnAChain() {
    throw new Error(`util.${name} does not exist on a chain: a contract call runs to its end at once`);
  };

/** Let instances of one constructor inherit from another, as before there were classes. */
function inherits(constructor, parent) {
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);
const isBrand = (name) => (value) => typeof value === 'object' && value !== null && brand(value) === name;

const types = {
  isAnyArrayBuffer: (value) => value instanceof ArrayBuffer,
  isArgumentsObject: isBrand('Arguments'),
  isArrayBuffer: (value) => value instanceof ArrayBuffer,
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isAsyncFunction: () => false,
  isBoxedPrimitive: (value) => ['Number', 'String', 'Boolean', 'Symbol', 'BigInt'].some((name) => isBrand(name)(value)),
  isDataView: (value) => ArrayBuffer.isView(value) && !types.isTypedArray(value),
  isDate: isBrand('Date'),
  isGeneratorFunction: (value) => typeof value === 'function' && tagOf(value) === 'GeneratorFunction',
  isGeneratorObject: (value) => tagOf(value) === 'Generator',
  isMap: isBrand('Map'),
  isNativeError: (value) => value instanceof Error,
  isPromise: () => false,
  isRegExp: isBrand('RegExp'),
  isSet: isBrand('Set'),
  isTypedArray: (value) => ArrayBuffer.isView(value) && tagOf(value) !== 'DataView',
  isUint8Array: (value) => value instanceof Uint8Array,
  isWeakMap: isBrand('WeakMap'),
  isWeakSet: isBrand('WeakSet'),
};

module.exports = {
  inspect,
  format,
  inherits,
  types,
  isDeepStrictEqual: (one, other) => isDeepEqual(one, other, true),
  deprecate: (work) => work,
  debuglog: () => Object.assign(() => {}, { enabled: false }),
  stripVTControlCharacters: (text) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ''),
  toUSVString: (text) => `${text}`.toWellFormed(),
  promisify: refused('promisify'),
  callbackify: refused('callbackify'),
  isArray: Array.isArray,
  get TextEncoder() {
    return TextEncoder;
  },
  get TextDecoder() {
    return TextDecoder;
  },
};
module.exports.promisify.custom = Symbol.for('nodejs.util.promisify.custom');
