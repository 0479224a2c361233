/**
 * `Date` of profile modern: the language's own, in which every zone is UTC and "now" is the time of the block.
 *
 * So a date is the same on every machine. What depends on a locale is gone.
 */
import {
  apply,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  NativeString,
  NativeTypeError,
} from '../iost/primordials.js';

const NativeDate = Date;
const { parse, UTC } = Date;
const { prototype } = Date;
const { getTime, toUTCString } = prototype;
const { slice } = String.prototype;
const { exec } = RegExp.prototype;
const { floor } = Math;
const { toPrimitive } = Symbol;

const NANOSECONDS = 1e6;
const UNIT = 0.1;
const INVALID = 'Invalid Date';

/** Longer texts are no dates: looking for a zone in them could take long. */
const MOST_TEXT = 100;

const ZONE = 'GMT+0000 (Coordinated Universal Time)';

const LOCAL_PARTS = ['FullYear', 'Month', 'Date', 'Hours', 'Minutes', 'Seconds', 'Milliseconds', 'Day'];
const REMOVED = ['setYear', 'toLocaleDateString', 'toLocaleString', 'toLocaleTimeString', 'toTemporalInstant'];

/** The standard's format; its second part stands for a time without a zone, which elsewhere would be the machine's. */
const STANDARD = /^(?:\d{4}|[+-]\d{6})(?:-\d{2}){0,2}(?:(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)|T[^]*)?$/;
const ZONED = /(?:\b(?:Z|UTC?|GMT|[ECMP][SD]T)|:\d{2}.*[+-]\d{2}:?\d{2})\s*(?:\([^)]*\)\s*)?$/i;

/**
 * Put this `Date` in place.
 *
 * @param {(units: number) => void} charge
 * @returns {(blockTime: number|null) => void} sets the time of the block, in nanoseconds since the epoch.
 */
export function installDate(charge) {
  let now = 0;
  for (const name of REMOVED) delete prototype[name];
  for (const part of LOCAL_PARTS) {
    replace(`get${part}`, prototype[`getUTC${part}`]);
    if (part !== 'Day') replace(`set${part}`, prototype[`setUTC${part}`]);
  }
  const { getUTCFullYear } = prototype;
  define(prototype, 'getYear', 0, (date) => apply(getUTCFullYear, date, []) - 1900);
  define(prototype, 'getTimezoneOffset', 0, (date) => apply(getTime, date, []) * 0);
  define(prototype, 'toString', 0, (date) => textOf(date, (day, time) => `${day} ${time} ${ZONE}`));
  define(prototype, 'toDateString', 0, (date) => textOf(date, (day) => day));
  define(prototype, 'toTimeString', 0, (date) => textOf(date, (_, time) => `${time} ${ZONE}`));

  const timeOf = (args) => {
    charge(1);
    if (args.length === 0) return now;
    if (args.length > 1) return apply(UTC, NativeDate, args);
    const value = isDate(args[0]) ? apply(getTime, args[0], []) : primitiveOf(args[0]);
    return typeof value === 'string' ? parsed(value) : value;
  };
  const parsed = (text) => {
    charge(1 + text.length * UNIT);
    return text.length > MOST_TEXT ? NaN : parse(withZone(text));
  };
  const UtcDate = new Proxy(NativeDate, {
    apply: () => `${construct(NativeDate, [now])}`,
    construct: (_, args, newTarget) =>
      construct(NativeDate, [timeOf(args)], newTarget === UtcDate ? NativeDate : newTarget),
  });
  define(NativeDate, 'now', 0, () => now);
  define(NativeDate, 'parse', 1, (_, text) => parsed(NativeString(text)));
  defineProperty(prototype, 'constructor', { value: UtcDate, writable: true, configurable: true });
  defineProperty(globalThis, 'Date', { value: UtcDate, writable: true, enumerable: false, configurable: true });
  return (blockTime) => {
    now = blockTime === null || blockTime === undefined ? 0 : floor(blockTime / NANOSECONDS);
  };
}

/** A method definition: like the language's own it cannot be constructed and has no `prototype`. */
function define(owner, name, length, work) {
  const { method } = {
    method(argument) {
      'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
      return work(this, argument);
    },
  };
  defineProperty(method, 'name', { value: name });
  defineProperty(method, 'length', { value: length });
  defineProperty(owner, name, { value: method, writable: true, enumerable: false, configurable: true });
}

function replace(name, original) {
  const { method } = {
    method() {
      'use strict';
      return apply(original, this, arguments);
    },
  };
  defineProperty(method, 'name', { value: name });
  defineProperty(method, 'length', getOwnPropertyDescriptor(original, 'length'));
  defineProperty(prototype, name, { value: method, writable: true, enumerable: false, configurable: true });
}

/** The day (`Tue Nov 14 2023`) and time of a date, taken from `Tue, 14 Nov 2023 22:13:20 GMT`. */
function textOf(date, form) {
  const text = apply(toUTCString, date, []);
  if (text === INVALID) return INVALID;
  const part = (from, to) => apply(slice, text, [from, to]);
  return form(`${part(0, 3)} ${part(8, 11)} ${part(5, 7)} ${part(12, -13)}`, part(-12, -4));
}

/** A text in which no zone is left to the machine. */
function withZone(text) {
  const standard = apply(exec, STANDARD, [text]);
  if (standard) return standard[1] === undefined ? text : `${text}Z`;
  return apply(exec, ZONED, [text]) ? text : `${text} UTC`;
}

function isDate(value) {
  if (typeof value !== 'object' || value === null) return false;
  try {
    apply(getTime, value, []);
    return true;
  } catch {
    return false;
  }
}

/** The language's ToPrimitive, as the constructor of dates calls it. */
function primitiveOf(value) {
  if (!isObject(value)) return value;
  const convert = value[toPrimitive];
  if (convert !== undefined && convert !== null) {
    const result = apply(convert, value, ['default']);
    if (!isObject(result)) return result;
  } else {
    for (const name of ['valueOf', 'toString']) {
      const method = value[name];
      const result = typeof method === 'function' ? apply(method, value, []) : value;
      if (!isObject(result)) return result;
    }
  }
  throw new NativeTypeError('Cannot convert object to primitive value');
}

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
