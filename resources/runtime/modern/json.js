/**
 * `JSON` of profile modern: the language's own semantics with the prices of profile iost (spec/gas.md §6.4).
 *
 * `stringify` follows the algorithm of ECMAScript (SerializeJSONProperty) so that every visited value is paid for
 * before the next one is visited; texts are quoted by the engine.
 */

import {
  apply,
  defineProperty,
  isArray,
  NativeString,
  NativeTypeError,
  parseJSON,
  stringifyJSON,
} from '../iost/primordials.js';

const CALL = 24;
const VALUE = 56;
const CONVERSION = 8;
const MAX_INDENT = 10;

const { keys: enumerableKeys } = Object;
const toNumber = Number;
const bigIntValue = BigInt.prototype.valueOf;
const booleanValue = Boolean.prototype.valueOf;
const BoxedNumber = Number;
const BoxedString = String;
const BoxedBoolean = Boolean;
const BoxedBigInt = BigInt;

/**
 * Install the priced `JSON.parse` and `JSON.stringify`.
 *
 * @returns {(value: any, impossible: (message: string) => Error) => (string|undefined)} a `stringify` that throws what
 *     `impossible` makes where a value has no JSON form.
 */
export function installJSON(charge) {
  const stringify = (value, replacer, space, impossible) => {
    charge(CALL);
    const list = isArray(replacer) ? keyList(replacer) : undefined;
    const indent = indentOf(space);
    if (indent) charge(2 * indent.length);
    const state = { charge, replacer: typeof replacer === 'function' ? replacer : undefined, list, indent, gap: '' };
    const text = textOf({ ...state, open: [], impossible }, '', { '': value });
    if (text !== undefined) charge(2 * text.length);
    return text;
  };
  const methods = {
    parse(text) {
      const source = NativeString(text);
      charge(10 + source.length);
      return apply(parseJSON, JSON, arguments.length > 1 ? [source, arguments[1]] : [source]);
    },
    stringify(value, replacer, space) {
      return stringify(value, replacer, space, (message) => new NativeTypeError(message));
    },
  };
  for (const name of enumerableKeys(methods)) {
    defineProperty(JSON, name, { value: methods[name], writable: true, configurable: true });
  }
  return (value, impossible) => stringify(value, undefined, undefined, impossible);
}

function keyList(replacer) {
  const list = [];
  const seen = {};
  for (let i = 0; i < replacer.length; i += 1) {
    const entry = replacer[i];
    const key = isKey(entry) ? NativeString(entry) : undefined;
    if (key === undefined || seen[`$${key}`]) continue;
    seen[`$${key}`] = true;
    list[list.length] = key;
  }
  return list;
}

function isKey(entry) {
  const boxed = entry instanceof BoxedString || entry instanceof BoxedNumber;
  return boxed || typeof entry === 'string' || typeof entry === 'number';
}

function indentOf(space) {
  const plain = typeof space === 'object' && space !== null ? unboxed(space) : space;
  if (typeof plain === 'number') {
    let indent = '';
    for (let i = 1; i <= plain && i <= MAX_INDENT; i += 1) indent += ' ';
    return indent;
  }
  if (typeof plain !== 'string') return '';
  let indent = '';
  for (let i = 0; i < plain.length && i < MAX_INDENT; i += 1) indent += plain[i];
  return indent;
}

function quote(state, text) {
  state.charge(12 + 2 * text.length);
  const quoted = stringifyJSON(text);
  state.charge(quoted.length);
  return quoted;
}

function priced(state, text) {
  state.charge(text.length);
  return text;
}

function unboxed(value) {
  if (value instanceof BoxedNumber) return toNumber(value);
  if (value instanceof BoxedString) return NativeString(value);
  if (value instanceof BoxedBoolean) return apply(booleanValue, value, []);
  if (value instanceof BoxedBigInt) return apply(bigIntValue, value, []);
  return value;
}

function textOf(state, key, holder) {
  state.charge(VALUE);
  let value = holder[key];
  if ((typeof value === 'object' && value !== null) || typeof value === 'bigint') {
    const { toJSON } = value;
    if (typeof toJSON === 'function') {
      state.charge(CONVERSION);
      value = apply(toJSON, value, [key]);
    }
  }
  if (state.replacer) {
    state.charge(CONVERSION);
    value = apply(state.replacer, holder, [key, value]);
  }
  if (typeof value === 'object' && value !== null) value = unboxed(value);
  switch (typeof value) {
    case 'string':
      return quote(state, value);
    case 'number':
      return priced(state, value - value === 0 ? `${value}` : 'null');
    case 'boolean':
      return priced(state, value ? 'true' : 'false');
    case 'bigint':
      throw state.impossible('Do not know how to serialize a BigInt');
    case 'object':
      return value === null ? priced(state, 'null') : textOfObject(state, value);
    default:
      return undefined;
  }
}

function textOfObject(state, value) {
  for (let i = 0; i < state.open.length; i += 1) {
    if (state.open[i] === value) throw state.impossible('Converting circular structure to JSON');
  }
  const outer = state.gap;
  state.open[state.open.length] = value;
  state.gap += state.indent;
  const text = isArray(value) ? elementsOf(state, value, outer) : membersOf(state, value, outer);
  state.gap = outer;
  state.open.length -= 1;
  return priced(state, text);
}

function elementsOf(state, array, outer) {
  const { length } = array;
  state.charge(16 + 24 * length);
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text += separator(state, i) + (textOf(state, `${i}`, array) ?? 'null');
  }
  return enclosed(state, '[', text, ']', outer);
}

function membersOf(state, object, outer) {
  const keys = state.list ?? enumerableKeys(object);
  state.charge(16 + 16 * keys.length);
  let text = '';
  let members = 0;
  for (let i = 0; i < keys.length; i += 1) {
    const member = textOf(state, keys[i], object);
    if (member === undefined) continue;
    text += separator(state, members) + quote(state, keys[i]) + (state.indent ? ': ' : ':') + member;
    members += 1;
  }
  state.charge(8 * members);
  return enclosed(state, '{', text, '}', outer);
}

function separator(state, index) {
  if (!state.indent) return index ? ',' : '';
  return (index ? ',\n' : '\n') + state.gap;
}

function enclosed(state, open, text, close, outer) {
  return open + text + (state.indent && text ? '\n' + outer : '') + close;
}
