/**
 * `util.inspect` in Node's layout, for what a contract can have: no colours, no proxies' targets, no stacks of errors
 * (they would name places in the sandbox).
 */

const DEFAULTS = {
  breakLength: 80,
  compact: 3,
  depth: 2,
  maxArrayLength: 100,
  maxStringLength: 10000,
  sorted: false,
  getters: false,
};
const SHORT_STRING = 16;
const GROUPED_FROM = 6;
const MOST_COLUMNS = 15;

const custom = Symbol.for('nodejs.util.inspect.custom');
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayName = Object.getOwnPropertyDescriptor(typedArrayPrototype, Symbol.toStringTag).get;

/**
 * @param {any} value
 * @param {object} [options] Node's: `depth`, `breakLength`, `compact`, `maxArrayLength`, `maxStringLength`, `sorted`,
 *   `getters`.
 * @returns {string}
 */
function inspect(value, options) {
  const settings = { ...DEFAULTS, ...(typeof options === 'object' ? options : {}) };
  for (const name of ['depth', 'breakLength', 'maxArrayLength', 'maxStringLength']) settings[name] ??= Infinity;
  if (settings.compact === true) settings.compact = Infinity;
  if (settings.compact === false) settings.compact = 0;
  return new Inspector(settings).show(value, 0);
}
inspect.custom = custom;
inspect.defaultOptions = DEFAULTS;

class Inspector {
  constructor(settings) {
    this.settings = settings;
    this.indent = 0;
    this.deepest = 0;
    this.open = [];
    this.loops = new Map();
  }

  show(value, depth) {
    if (typeof value === 'string') return this.text(value, depth);
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return primitive(value);
    if (typeof value[custom] === 'function' && value[custom] !== inspect) {
      const own = value[custom](this.settings.depth - depth, { ...this.settings }, inspect);
      if (own !== value)
        return typeof own === 'string' ? own.replaceAll('\n', `\n${' '.repeat(this.indent)}`) : this.show(own, depth);
    }
    if (this.open.includes(value)) {
      if (!this.loops.has(value)) this.loops.set(value, this.loops.size + 1);
      return `[Circular *${this.loops.get(value)}]`;
    }
    return this.object(value, depth);
  }

  text(value, depth) {
    const { breakLength, compact, maxStringLength } = this.settings;
    let shown = value;
    let rest = '';
    if (value.length > maxStringLength) {
      const left = value.length - maxStringLength;
      shown = value.slice(0, maxStringLength);
      rest = `... ${left} more character${left > 1 ? 's' : ''}`;
    }
    const isLong = shown.length > SHORT_STRING && shown.length > breakLength - this.indent - 4;
    if (compact === Infinity || !isLong) return quoted(shown) + rest;
    return (
      shown
        .split(/(?<=\n)/)
        .map(quoted)
        .join(` +\n${' '.repeat(this.indent + (depth > 0 ? 2 : 0))}`) + rest
    );
  }

  object(value, depth) {
    const form = formOf(value);
    const keys = this.keysOf(value, form);
    if (form.isEmpty && keys.length === 0) return form.empty;
    if (depth > this.settings.depth) return `[${form.name}]`;
    this.open.push(value);
    this.deepest = depth;
    let entries = form.entries ? form.entries(this, value, depth + 1) : [];
    for (const key of keys) entries.push(this.property(value, key, depth + 1));
    this.open.pop();
    let { head } = form;
    if (this.loops.has(value)) {
      const mark = `<ref *${this.loops.get(value)}>`;
      if (this.settings.compact !== Infinity) head = head ? `${mark} ${head}` : mark;
      else form.open = `${mark} ${form.open}`;
    }
    if (this.settings.sorted) {
      const order = this.settings.sorted === true ? undefined : this.settings.sorted;
      if (!form.isList) entries.sort(order);
    }
    return this.laidOut(entries, { ...form, head }, depth, value);
  }

  keysOf(value, { isList, isText }) {
    const names = Object.keys(value);
    const own = isList || isText ? names.filter((name) => !isIndex(name, value)) : names;
    const isVisible = (symbol) => Object.prototype.propertyIsEnumerable.call(value, symbol);
    return [...own, ...Object.getOwnPropertySymbols(value).filter(isVisible)];
  }

  property(value, key, depth) {
    return `${keyText(key)}: ${this.member(value, key, depth)}`;
  }

  member(value, key, depth) {
    const { get, set, value: content } = Object.getOwnPropertyDescriptor(value, key);
    if (get && this.settings.getters) return `[Getter${set ? '/Setter' : ''}: ${this.show(value[key], depth)}]`;
    if (get) return set ? '[Getter/Setter]' : '[Getter]';
    return set ? '[Setter]' : this.indented(() => this.show(content, depth));
  }

  indented(work) {
    this.indent += 2;
    const text = work();
    this.indent -= 2;
    return text;
  }

  /** Entries between brackets: on one line if there is room and not too much in them, else one a line. */
  laidOut(entries, { head, open, close, isList }, depth, value) {
    const { breakLength, compact } = this.settings;
    const before = head ? `${head} ` : '';
    const grouped = compact >= 1 && isList && entries.length > GROUPED_FROM ? this.inColumns(entries, value) : entries;
    if (compact >= 1 && this.deepest - depth < compact && grouped === entries) {
      const start = entries.length + this.indent + open.length + head.length + 10;
      const total = entries.reduce((sum, entry) => sum + entry.length, entries.length + start);
      const isOneLine = total <= breakLength && !head.includes('\n') && !entries.some((entry) => entry.includes('\n'));
      if (isOneLine) return `${before}${open} ${entries.join(', ')} ${close}`;
    }
    const margin = `\n${' '.repeat(this.indent)}`;
    return `${before}${open}${margin}  ${grouped.join(`,${margin}  `)}${margin}${close}`;
  }

  /** Many short entries of a list share lines, in columns; the same list if that would not look well. */
  inColumns(entries, value) {
    const { breakLength, compact, maxArrayLength } = this.settings;
    const cells = maxArrayLength < entries.length ? entries.slice(0, -1) : entries;
    const longest = Math.max(...cells.map((cell) => cell.length));
    const total = cells.reduce((sum, cell) => sum + cell.length + 2, 0);
    const width = longest + 2;
    if (width * 3 + this.indent >= breakLength || (total / width <= 5 && longest > 6)) return entries;
    const biased = Math.max(width - 3 - Math.sqrt(width - total / entries.length), 1);
    const count = Math.min(
      Math.round(Math.sqrt(2.5 * biased * cells.length) / biased),
      Math.floor((breakLength - this.indent) / width),
      compact * 4,
      MOST_COLUMNS,
    );
    if (count <= 1) return entries;
    const widths = Array.from({ length: count }, (_, column) =>
      Math.max(...cells.filter((_cell, i) => i % count === column).map((cell) => cell.length)),
    );
    const isNumeric = entries.every((_, i) => typeof value[i] === 'number' || typeof value[i] === 'bigint');
    const rows = [];
    for (let first = 0; first < cells.length; first += count) {
      const row = cells.slice(first, first + count);
      const padded = row.map((cell, column) => {
        const isLast = column === row.length - 1;
        const text = isLast ? cell : `${cell}, `;
        if (isNumeric) return text.padStart(widths[column] + (isLast ? 0 : 2));
        return isLast ? text : text.padEnd(widths[column] + 2);
      });
      rows.push(padded.join(''));
    }
    return cells === entries ? rows : [...rows, entries.at(-1)];
  }
}

/** How a kind of object is shown: what stands before and around its entries, and the entries that are no properties. */
function formOf(value) {
  const name = nameOf(value);
  const plain = {
    head: '',
    open: '{',
    close: '}',
    name,
    isList: false,
    isText: false,
    isEmpty: true,
    empty: '',
    entries: null,
  };
  const shownAs = (form) => ({ ...plain, ...form });
  const standsAlone = (head, form = {}) => shownAs({ head, empty: head, ...form });
  if (Array.isArray(value)) {
    const open = name === 'Array' ? '[' : `${name}(${value.length}) [`;
    return shownAs({
      open,
      close: ']',
      isList: true,
      isEmpty: value.length === 0,
      empty: `${open}]`,
      entries: elements,
    });
  }
  const kind = typedArrayName.call(value);
  if (kind !== undefined) {
    const open = `${name === kind ? kind : name}(${value.length}) [`;
    return shownAs({
      open,
      close: ']',
      isList: true,
      isEmpty: value.length === 0,
      empty: `${open}]`,
      entries: elements,
    });
  }
  if (typeof value === 'function') return standsAlone(functionText(value, name));
  switch (brand(value)) {
    case 'Map':
      return collection(value, name, plain, pairs);
    case 'Set':
      return collection(value, name, plain, members);
    case 'RegExp':
      return standsAlone(RegExp.prototype.toString.call(value));
    case 'Date': {
      const time = Date.prototype.getTime.call(value);
      return standsAlone(Number.isNaN(time) ? 'Invalid Date' : Date.prototype.toISOString.call(value));
    }
    case 'Error':
      return standsAlone(`[${Error.prototype.toString.call(value)}]`);
    case 'Number':
    case 'Boolean':
    case 'String':
    case 'Symbol':
    case 'BigInt': {
      const content = value.valueOf();
      const shown = typeof content === 'string' ? quoted(content) : primitive(content);
      return standsAlone(`[${brand(value)}: ${shown}]`, { isText: typeof content === 'string' });
    }
    case 'Arguments':
      return shownAs({
        open: '[Arguments] [',
        close: ']',
        isList: true,
        isEmpty: value.length === 0,
        empty: '[Arguments] []',
        entries: elements,
      });
    case 'WeakMap':
    case 'WeakSet':
      return shownAs({ open: `${name} {`, isEmpty: false, entries: () => ['<items unknown>'] });
    default:
  }
  const tag = value[Symbol.toStringTag];
  const suffix = typeof tag === 'string' && tag !== '' && tag !== name ? ` [${tag}]` : '';
  const open = name === 'Object' && !suffix ? '{' : `${name.includes(' ') ? `[${name}]` : name}${suffix} {`;
  return shownAs({ open, empty: `${open}}` });
}

function collection(value, name, plain, entries) {
  const open = `${name}(${value.size}) {`;
  return { ...plain, open, isEmpty: value.size === 0, empty: `${open}}`, entries };
}

function elements(inspector, value, depth) {
  const { maxArrayLength } = inspector.settings;
  const shown = [];
  let i = 0;
  for (; i < value.length && shown.length < maxArrayLength; i += 1) {
    if (Object.hasOwn(value, i)) {
      shown.push(inspector.member(value, i, depth));
      continue;
    }
    const first = i;
    while (i + 1 < value.length && !Object.hasOwn(value, i + 1)) i += 1;
    shown.push(`<${i - first + 1} empty item${i > first ? 's' : ''}>`);
  }
  return withRest(shown, value.length - i);
}

function pairs(inspector, value, depth) {
  const { maxArrayLength } = inspector.settings;
  const show = (one) => inspector.show(one, depth);
  const all = [...Map.prototype.entries.call(value)];
  const shown = all
    .slice(0, maxArrayLength)
    .map(([key, content]) => inspector.indented(() => `${show(key)} => ${show(content)}`));
  return withRest(shown, all.length - shown.length);
}

function members(inspector, value, depth) {
  const { maxArrayLength } = inspector.settings;
  const all = [...Set.prototype.values.call(value)];
  const shown = all.slice(0, maxArrayLength).map((one) => inspector.indented(() => inspector.show(one, depth)));
  return withRest(shown, all.length - shown.length);
}

function withRest(shown, left) {
  if (left > 0) shown.push(`... ${left} more item${left > 1 ? 's' : ''}`);
  return shown;
}

/** What an object is, whatever its prototype or tag says. */
function brand(value) {
  for (const [name, test] of BRANDS) {
    try {
      test(value);
      return name;
    } catch {
      // it is something else
    }
  }
  return Object.prototype.toString.call(value) === '[object Arguments]' ? 'Arguments' : '';
}

const sizeOf = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, 'size').get;
const mapSize = sizeOf(Map);
const setSize = sizeOf(Set);
const BRANDS = [
  ['Map', (value) => mapSize.call(value)],
  ['Set', (value) => setSize.call(value)],
  ['Date', (value) => Date.prototype.getTime.call(value)],
  ['RegExp', (value) => RegExp.prototype.exec.call(value, '') && null],
  ['Error', (value) => isError(value)],
  ['Number', (value) => Number.prototype.valueOf.call(value)],
  ['String', (value) => String.prototype.valueOf.call(value)],
  ['Boolean', (value) => Boolean.prototype.valueOf.call(value)],
  ['Symbol', (value) => Symbol.prototype.valueOf.call(value)],
  ['BigInt', (value) => BigInt.prototype.valueOf.call(value)],
  ['WeakMap', (value) => WeakMap.prototype.has.call(value, value)],
  ['WeakSet', (value) => WeakSet.prototype.has.call(value, value)],
];

function isError(value) {
  if (!(value instanceof Error)) throw value;
}

function nameOf(value) {
  for (let here = value; here !== null; here = Object.getPrototypeOf(here)) {
    const own = Object.getOwnPropertyDescriptor(here, 'constructor');
    if (own && typeof own.value === 'function' && own.value.name !== '') return own.value.name;
    // Built-in prototypes hold accessors in their place: see the sandbox's hardening.
    if (own?.get && typeof here.constructor === 'function' && here.constructor.name !== '')
      return here.constructor.name;
  }
  return 'Object: null prototype';
}

function functionText(value, name) {
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype');
  if (prototype && !prototype.writable && name === 'Function') {
    const parent = Object.getPrototypeOf(value)?.name;
    return `[class ${value.name || '(anonymous)'}${parent ? ` extends ${parent}` : ''}]`;
  }
  return `[${name}${value.name ? `: ${value.name}` : ' (anonymous)'}]`;
}

function primitive(value) {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : String(value);
}

const ESCAPES = { '\n': '\\n', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\r': '\\r', '\\': '\\\\', '\v': '\\x0B' };

/** In single quotes, or in others if that saves escaping. */
function quoted(text) {
  const quote = !text.includes("'")
    ? "'"
    : !text.includes('"')
      ? '"'
      : !text.includes('`') && !text.includes('${')
        ? '`'
        : "'";
  let shown = '';
  for (const character of text) {
    const code = character.codePointAt(0);
    if (character === quote) shown += `\\${quote}`;
    else if (ESCAPES[character]) shown += ESCAPES[character];
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
      shown += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else if (code >= 0xd800 && code < 0xe000) shown += `\\u${code.toString(16).toUpperCase()}`;
    else shown += character;
  }
  return quote + shown + quote;
}

function keyText(key) {
  if (typeof key === 'symbol') return String(key);
  return /^[a-zA-Z_][a-zA-Z_0-9]*$/.test(key) ? key : quoted(key);
}

function isIndex(name, value) {
  const index = Number(name);
  return Number.isInteger(index) && index >= 0 && index < value.length && String(index) === name;
}

module.exports = { inspect, primitive, brand };
