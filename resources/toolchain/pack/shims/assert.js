/** Node's module `assert`; its messages show values where Node would show the source or a difference. */
const { inspect } = require('./inspect.js');
const { isDeepEqual } = require('./equality.js');

class AssertionError extends Error {
  constructor({ message, actual, expected, operator = 'fail' }) {
    super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true });
    this.generatedMessage = message === undefined;
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
  }
}

/** Throw what the caller wants to be thrown, or an error that tells what was compared. */
function failWith(own, standard, details) {
  if (own instanceof Error) throw own;
  const error = new AssertionError({ ...details, message: own ?? standard });
  error.generatedMessage = own === undefined;
  throw error;
}

function assert(value, message) {
  if (!value)
    failWith(message, 'The expression evaluated to a falsy value', { actual: value, expected: true, operator: '==' });
}

/** A comparison as an assertion; `headline` null means a message of one line. */
function comparison(operator, test, headline) {
  return function compared(actual, expected, message) {
    if (test(actual, expected)) return;
    const values = [inspect(actual), inspect(expected)];
    const standard =
      headline === null
        ? values.join(` ${operator} `)
        : `${headline}\n\n${values.join(`\n\n${SHOULD[operator] ?? operator}\n\n`)}\n`;
    failWith(message, standard, { actual, expected, operator });
  };
}

const SHOULD = { deepEqual: 'should loosely deep-equal', deepStrictEqual: 'should deep-equal' };

const equal = comparison('==', (one, other) => one == other || (one !== one && other !== other), null);
const notEqual = comparison('!=', (one, other) => !(one == other || (one !== one && other !== other)), null);
const deepEqual = comparison(
  'deepEqual',
  (one, other) => isDeepEqual(one, other, false),
  'Expected values to be loosely deep-equal:',
);
const notDeepEqual = comparison(
  'notDeepEqual',
  (one, other) => !isDeepEqual(one, other, false),
  'Expected "actual" not to be loosely deep-equal to:',
);
const deepStrictEqual = comparison(
  'deepStrictEqual',
  (one, other) => isDeepEqual(one, other, true),
  'Expected values to be strictly deep-equal:',
);
const notDeepStrictEqual = comparison(
  'notDeepStrictEqual',
  (one, other) => !isDeepEqual(one, other, true),
  'Expected "actual" not to be strictly deep-equal to:',
);

function strictEqual(actual, expected, message) {
  if (Object.is(actual, expected)) return;
  const standard = `Expected values to be strictly equal:\n\n${inspect(actual)} !== ${inspect(expected)}\n`;
  failWith(message, standard, { actual, expected, operator: 'strictEqual' });
}

function notStrictEqual(actual, expected, message) {
  if (!Object.is(actual, expected)) return;
  const standard = `Expected "actual" to be strictly unequal to: ${inspect(expected)}`;
  failWith(message, standard, { actual, expected, operator: 'notStrictEqual' });
}

function fail(message = 'Failed') {
  failWith(message, message, { operator: 'fail' });
}

function throws(work, wanted, message) {
  const error = thrownBy(work);
  const text = typeof wanted === 'string' ? wanted : message;
  if (error === NOTHING) {
    const name = typeof wanted === 'function' && wanted.name ? ` (${wanted.name})` : '';
    const standard = `Missing expected exception${name}${text ? `: ${text}` : '.'}`;
    failWith(undefined, standard, { expected: wanted, operator: 'throws' });
  }
  if (wanted !== undefined && typeof wanted !== 'string') checkError(error.value, wanted, message);
}

function doesNotThrow(work, wanted, message) {
  const error = thrownBy(work);
  if (error === NOTHING) return;
  const text = typeof wanted === 'string' ? wanted : message;
  const standard = `Got unwanted exception${text ? `: ${text}` : '.'}\nActual message: "${error.value?.message}"`;
  failWith(undefined, standard, { actual: error.value, operator: 'doesNotThrow' });
}

const NOTHING = {};

function thrownBy(work) {
  if (typeof work !== 'function') throw new TypeError('The "fn" argument must be of type function');
  try {
    work();
  } catch (value) {
    return { value };
  }
  return NOTHING;
}

function checkError(error, wanted, message) {
  if (typeof wanted === 'function') {
    if (wanted.prototype !== undefined && error instanceof wanted) return;
    if (wanted === Error || wanted.prototype instanceof Error) throw error;
    if (wanted.call({}, error) === true) return;
    failWith(message, 'The validation function is expected to return "true"', {
      actual: error,
      expected: wanted,
      operator: 'throws',
    });
  } else if (wanted instanceof RegExp) {
    if (wanted.test(String(error))) return;
    const standard = `The input did not match the regular expression ${inspect(wanted)}. Input:\n\n${inspect(String(error))}\n`;
    failWith(message, standard, { actual: error, expected: wanted, operator: 'throws' });
  } else {
    const keys = wanted instanceof Error ? ['name', 'message', ...Object.keys(wanted)] : Object.keys(wanted);
    const fits = (key) =>
      wanted[key] instanceof RegExp && typeof error[key] === 'string'
        ? wanted[key].test(error[key])
        : isDeepEqual(error[key], wanted[key], true);
    if (keys.every(fits)) return;
    const seen = Object.fromEntries(keys.map((key) => [key, error[key]]));
    deepStrictEqual(seen, Object.fromEntries(keys.map((key) => [key, wanted[key]])), message);
  }
}

function match(text, pattern, message) {
  if (typeof text === 'string' && pattern.test(text)) return;
  const standard = `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
  failWith(message, standard, { actual: text, expected: pattern, operator: 'match' });
}

function doesNotMatch(text, pattern, message) {
  if (typeof text === 'string' && !pattern.test(text)) return;
  const standard = `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
  failWith(message, standard, { actual: text, expected: pattern, operator: 'doesNotMatch' });
}

function ifError(value) {
  if (value === null || value === undefined) return;
  const text = value instanceof Error ? value.message : inspect(value);
  failWith(undefined, `ifError got unwanted exception: ${text}`, {
    actual: value,
    expected: null,
    operator: 'ifError',
  });
}

const refused = (name) =>
  function notOnAChain() {
    throw new Error(`assert.${name} does not exist on a chain: a contract call runs to its end at once`);
  };

const functions = {
  AssertionError,
  ok: assert,
  equal,
  notEqual,
  strictEqual,
  notStrictEqual,
  deepEqual,
  notDeepEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  fail,
  throws,
  doesNotThrow,
  match,
  doesNotMatch,
  ifError,
  rejects: refused('rejects'),
  doesNotReject: refused('doesNotReject'),
};

function strict(value, message) {
  assert(value, message);
}
Object.assign(strict, functions, {
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
});
strict.strict = strict;

module.exports = Object.assign(assert, functions, { strict });
