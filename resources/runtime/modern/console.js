/** `console` of profile modern: prints anything, in the manner of other JavaScript consoles. */

import { apply, defineProperty, isArray, NativeString, stringifyJSON } from '../iost/primordials.js';
import { Operation } from '../operations.js';

const LEVELS = { debug: 'Debug', info: 'Info', log: 'Info', warn: 'Warn', error: 'Error' };
const MAX_LENGTH = 65536;
const MAX_DEPTH = 4;
const MAX_ENTRIES = 100;
const PER_UNIT = 0.1;

const { getOwnPropertyDescriptor, getPrototypeOf, keys: enumerableKeys, is } = Object;
const { forEach: eachOfMap } = Map.prototype;
const { forEach: eachOfSet } = Set.prototype;
const { toString: textOfError } = Error.prototype;
const NativeMap = Map;
const NativeSet = Set;
const NativeError = Error;
const toNumber = Number;
const truncated = Math.trunc;

/**
 * Create the console's methods.
 *
 * @param {(units: number) => void} charge printing costs 1 and 0.1 a character.
 * @param {Function} host
 * @param {(value: any) => boolean} isNumberObject whether a value is shown by its `toString` (BigNumber and kin).
 */
export function createConsole(charge, host, isNumberObject) {
  const methods = {};
  for (const name of enumerableKeys(LEVELS)) {
    const method = function (...values) {
      const text = shortened(textOfAll(values, isNumberObject));
      charge(1 + text.length * PER_UNIT);
      host(Operation.CONSOLE, LEVELS[name], text);
    };
    defineProperty(method, 'name', { value: name });
    methods[name] = method;
  }
  return methods;
}

function shortened(text) {
  if (text.length <= MAX_LENGTH) return text;
  let result = '';
  for (let i = 0; i < MAX_LENGTH - 1; i += 1) result += text[i];
  return `${result}…`;
}

function textOfAll(values, isNumberObject) {
  const shown = (value) => (typeof value === 'string' ? value : inspect(value, isNumberObject, []));
  if (values.length === 0) return '';
  const formatted = typeof values[0] === 'string' ? fill(values, shown) : { text: shown(values[0]), used: 1 };
  let { text } = formatted;
  for (let i = formatted.used; i < values.length; i += 1) text += ` ${shown(values[i])}`;
  return text;
}

/** Replace `%s %d %i %f %j %v %o %O %%` in the first value by the values that follow. */
function fill(values, shown) {
  const format = values[0];
  let used = 1;
  let text = '';
  for (let i = 0; i < format.length; i += 1) {
    const letter = format[i] === '%' ? format[i + 1] : undefined;
    if (letter === '%' && values.length > 1) {
      text += '%';
      i += 1;
      continue;
    }
    const piece = letter === undefined || used === values.length ? undefined : placeholder(letter, values[used], shown);
    if (piece === undefined) {
      text += format[i];
      continue;
    }
    text += piece;
    used += 1;
    i += 1;
  }
  return { text, used };
}

function placeholder(letter, value, shown) {
  switch (letter) {
    case 's':
    case 'o':
    case 'O':
      return shown(value);
    case 'd':
    case 'f':
      return typeof value === 'bigint' || typeof value === 'symbol' || isObject(value)
        ? shown(value)
        : `${toNumber(value)}`;
    case 'i':
      return typeof value === 'number' ? `${truncated(value)}` : shown(value);
    case 'j':
    case 'v':
      return shown(value);
    default:
      return undefined;
  }
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A value on one line; getters are not run. */
function inspect(value, isNumberObject, open) {
  switch (typeof value) {
    case 'string':
      return stringifyJSON(value);
    case 'bigint':
      return `${value}n`;
    case 'number':
      return is(value, -0) ? '-0' : `${value}`;
    case 'function':
      return `[Function: ${nameOf(value) || '(anonymous)'}]`;
    case 'object':
      return value === null ? 'null' : inspectObject(value, isNumberObject, open);
    default:
      return NativeString(value);
  }
}

function inspectObject(value, isNumberObject, open) {
  if (isNumberObject(value)) return NativeString(value);
  if (value instanceof NativeError) return apply(textOfError, value, []);
  for (let i = 0; i < open.length; i += 1) if (open[i] === value) return '[Circular]';
  if (open.length === MAX_DEPTH) return isArray(value) ? '[…]' : '{…}';
  const path = [...open, value];
  const shown = (member) => inspect(member, isNumberObject, path);
  if (value instanceof NativeMap) return `Map(${value.size}) {${entriesOf(eachOfMap, value, shown, true)}}`;
  if (value instanceof NativeSet) return `Set(${value.size}) {${entriesOf(eachOfSet, value, shown, false)}}`;
  return membersOf(value, shown);
}

function entriesOf(forEach, collection, shown, keyed) {
  let text = '';
  let count = 0;
  const add = (value, key) => {
    count += 1;
    if (count > MAX_ENTRIES) return;
    text += (count > 1 ? ', ' : '') + (keyed ? `${shown(key)} => ` : '') + shown(value);
  };
  apply(forEach, collection, [add]);
  return count > MAX_ENTRIES ? `${text}, …` : text;
}

function membersOf(value, shown) {
  const array = isArray(value);
  const keys = enumerableKeys(value);
  let text = '';
  for (let i = 0; i < keys.length; i += 1) {
    if (i > 0) text += ', ';
    if (i === MAX_ENTRIES) {
      text += '…';
      break;
    }
    const property = getOwnPropertyDescriptor(value, keys[i]);
    const member = property && 'value' in property ? shown(property.value) : '[Getter]';
    text += array ? member : `${keys[i]}: ${member}`;
  }
  if (array) return `[${text}]`;
  const prototype = getPrototypeOf(value);
  const className = prototype ? nameOf(constructorOf(prototype)) : '';
  return className && className !== 'Object' ? `${className} {${text}}` : `{${text}}`;
}

function constructorOf(prototype) {
  const property = getOwnPropertyDescriptor(prototype, 'constructor');
  return property && 'value' in property ? property.value : undefined;
}

function nameOf(value) {
  const property = typeof value === 'function' ? getOwnPropertyDescriptor(value, 'name') : undefined;
  return property && typeof property.value === 'string' ? property.value : '';
}
