/** Deep equality as Node's `assert` and `util` define it. */
const { brand } = require('./inspect.js');

const BOXES = new Set(['Number', 'String', 'Boolean', 'Symbol', 'BigInt']);

/**
 * @param {any} one
 * @param {any} other
 * @param {boolean} strict whether `1` differs from `'1'`, and prototypes count.
 */
function isDeepEqual(one, other, strict) {
  return compare(one, other, strict, []);
}

function compare(one, other, strict, open) {
  if (strict ? Object.is(one, other) : one == other || (one !== one && other !== other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (strict && Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  const kind = brand(one);
  if (kind !== brand(other) || Array.isArray(one) !== Array.isArray(other)) return false;
  if (ArrayBuffer.isView(one) !== ArrayBuffer.isView(other)) return false;
  if (kind === 'Date' && one.getTime() !== other.getTime()) return false;
  if (kind === 'RegExp' && (String(one) !== String(other) || one.lastIndex !== other.lastIndex)) return false;
  if (kind === 'Error' && (one.name !== other.name || one.message !== other.message)) return false;
  if (BOXES.has(kind) && !Object.is(one.valueOf(), other.valueOf())) return false;
  if (Array.isArray(one) && one.length !== other.length) return false;
  if (open.some(([left, right]) => left === one && right === other)) return true;
  const path = [...open, [one, other]];
  const same = (left, right) => compare(left, right, strict, path);
  if (kind === 'Map' && !(one.size === other.size && haveSamePairs(one, other, same))) return false;
  if (kind === 'Set' && !(one.size === other.size && haveSameMembers(one, other, same))) return false;
  return haveSameProperties(one, other, strict, same);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function haveSameProperties(one, other, strict, same) {
  const keys = keysOf(one, strict);
  return (
    keys.length === keysOf(other, strict).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  );
}

function keysOf(value, strict) {
  const keys = Object.keys(value);
  if (!strict) return keys;
  const isVisible = (symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol);
  return [...keys, ...Object.getOwnPropertySymbols(value).filter(isVisible)];
}

function haveSameMembers(one, other, same) {
  const left = [...other].filter((value) => isObject(value) || !one.has(value));
  for (const value of one) {
    if (!isObject(value) && other.has(value)) continue;
    const found = left.findIndex((candidate) => same(value, candidate));
    if (found === -1) return false;
    left.splice(found, 1);
  }
  return true;
}

function haveSamePairs(one, other, same) {
  const left = [...other].filter(([key]) => isObject(key) || !one.has(key));
  for (const [key, value] of one) {
    if (!isObject(key) && other.has(key)) {
      if (!same(value, other.get(key))) return false;
      continue;
    }
    const found = left.findIndex(([candidate, content]) => same(key, candidate) && same(value, content));
    if (found === -1) return false;
    left.splice(found, 1);
  }
  return true;
}

module.exports = { isDeepEqual };
