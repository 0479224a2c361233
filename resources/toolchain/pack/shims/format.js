/** `util.format` as Node defines it. */
const { inspect, primitive } = require('./inspect.js');

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Replace `%s %d %i %f %j %o %O %c %%` in the first value by those that follow, and append the rest. */
function format(...values) {
  let used = 0;
  let text = '';
  if (typeof values[0] === 'string') {
    used = 1;
    if (values.length === 1) return values[0];
    text = values[0].replace(/%([sdifjoOc%])/g, (placeholder, letter) => {
      if (letter === '%') return '%';
      if (used === values.length) return placeholder;
      used += 1;
      return filled(letter, values[used - 1]);
    });
  }
  const rest = values.slice(used).map((value) => (typeof value === 'string' ? value : inspect(value)));
  return [...(used > 0 ? [text] : []), ...rest].join(' ');
}

function filled(letter, value) {
  switch (letter) {
    case 's':
      return asText(value);
    case 'd':
      return typeof value === 'bigint' ? primitive(value) : primitive(typeof value === 'symbol' ? NaN : Number(value));
    case 'i':
      return typeof value === 'bigint'
        ? primitive(value)
        : primitive(typeof value === 'symbol' ? NaN : parseInt(value, 10));
    case 'f':
      return primitive(typeof value === 'symbol' ? NaN : parseFloat(value));
    case 'j':
      return asJson(value);
    case 'o':
      return inspect(value, { depth: 4 });
    case 'O':
      return inspect(value);
    default:
      return '';
  }
}

function asText(value) {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return primitive(value);
  return hasOwnText(value) ? String(value) : inspect(value, { depth: 0 });
}

/** Whether somebody wrote a `toString` for it: built-in ones tell less than `inspect`. */
function hasOwnText(value) {
  if (typeof value.toString !== 'function') return false;
  if (value instanceof Error || value instanceof Date) return true;
  for (let here = value; here !== null; here = Object.getPrototypeOf(here)) {
    if (Object.hasOwn(here, 'toString')) return !BUILT_IN.includes(here);
  }
  return false;
}

const BUILT_IN = [Object, Array, Function, Map, Set, RegExp, Number, String, Boolean, Symbol, BigInt].map(
  (kind) => kind.prototype,
);

function asJson(value) {
  try {
    return String(JSON.stringify(value));
  } catch (error) {
    if (error instanceof TypeError && error.message.includes('circular')) return '[Circular]';
    throw error;
  }
}

module.exports = { format };
