/**
 * `JSON` of profile iost: the engine's `parse` with a price, and a `stringify` of its own (spec/gas.md §6.4).
 *
 * It goes through `replace`, `slice`, `join`, `push` and `hasOwnProperty` of the prototypes, because their prices (and
 * what a contract made of them) are part of its observable behaviour.
 */

import { apply, NativeString, parseJSON } from './primordials.js';

const CALL = 24;
const VALUE = 56;
const CONVERSION = 8;
const MEMBER = 8;
const CONTAINER = 16;
const PER_KEY = 16;
const PER_ELEMENT = 24;
const QUOTE = 12;

const ESCAPED =
  /[\\"\u0000-\u001f\u007f-\u009f\u00ad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]/g;
const SHORT_FORMS = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

/**
 * Install `JSON.parse` and `JSON.stringify`; also gives wrapped primitives their `toJSON`.
 *
 * @param {(units: number) => void} charge
 * @param {(value: object) => boolean} isShared whether an object belongs to the isolate rather than to a frame.
 */
export function installJSON(charge, isShared) {
  'use strict'; // the bundle is a sloppy script: without this, `this` would become an object
  for (const wrapper of [Boolean, Number, String]) wrapper.prototype.toJSON = wrapper.prototype.valueOf;
  JSON.parse = function (text) {
    charge(text === undefined || text === null ? 10 : 10 + NativeString(text).length);
    return apply(parseJSON, this, arguments);
  };
  JSON.stringify = createStringify(charge, isShared);
}

function createStringify(charge, isShared) {
  const visiting = Symbol();
  // Shared by nested calls, which overwrite it: calls from `toJSON` and replacers change the outer indentation.
  const layout = { gap: '', indent: '', replacer: undefined };

  function quote(text) {
    charge(QUOTE + 2 * text.length);
    ESCAPED.lastIndex = 0;
    return ESCAPED.test(text) ? `"${text.replace(ESCAPED, escape)}"` : `"${text}"`;
  }

  function escape(character) {
    const short = SHORT_FORMS[character];
    if (typeof short === 'string') return short;
    return '\\u' + ('0000' + character.charCodeAt(0).toString(16)).slice(-4);
  }

  function priced(text) {
    charge(text.length);
    return text;
  }

  function textOf(key, holder) {
    charge(VALUE);
    const outer = layout.gap;
    let value = holder[key];
    if (value && typeof value === 'object' && typeof value.toJSON === 'function') {
      charge(CONVERSION);
      value = value.toJSON(key);
    }
    if (typeof layout.replacer === 'function') {
      charge(CONVERSION);
      value = layout.replacer.call(holder, key, value);
    }
    switch (typeof value) {
      case 'string':
        return priced(quote(value));
      case 'number':
        return priced(isFinite(value) ? String(value) : 'null');
      case 'boolean':
        return priced(String(value));
      case 'object':
        return value ? textOfObject(value, outer) : priced('null');
      default:
        return undefined;
    }
  }

  function textOfObject(value, outer) {
    if (value.hasOwnProperty(visiting)) throw new Error('Converting circular structure to JSON');
    const marked = !isShared(value); // shared objects are frozen here, but not on the reference chain
    if (marked) Object.defineProperty(value, visiting, { configurable: true });
    layout.gap += layout.indent;
    const text = Array.isArray(value) ? elementsOf(value, outer) : membersOf(value, outer);
    layout.gap = outer;
    charge(text.length);
    if (marked) delete value[visiting];
    return text;
  }

  function elementsOf(array, outer) {
    const parts = [];
    const { length } = array;
    charge(CONTAINER + PER_ELEMENT * length);
    for (let i = 0; i < length; i += 1) parts[i] = textOf(i, array) || 'null';
    return enclosed('[', parts, ']', outer);
  }

  function membersOf(object, outer) {
    const parts = [];
    const add = (key) => {
      const text = textOf(key, object);
      if (text) parts.push(quote(key) + (layout.gap ? ': ' : ':') + text);
    };
    const { replacer } = layout;
    if (replacer && typeof replacer === 'object') {
      const { length } = replacer;
      charge(CONTAINER + PER_KEY * length);
      for (let i = 0; i < length; i += 1) if (typeof layout.replacer[i] === 'string') add(layout.replacer[i]);
    } else {
      const keys = Object.keys(object);
      charge(CONTAINER + PER_KEY * keys.length);
      for (const key of keys) add(key); // by the iterator of arrays, as the reference does
    }
    charge(MEMBER * parts.length);
    return enclosed('{', parts, '}', outer);
  }

  function enclosed(open, parts, close, outer) {
    if (parts.length === 0) return open + close;
    const { gap } = layout;
    return gap
      ? open + '\n' + gap + parts.join(',\n' + gap) + '\n' + outer + close
      : open + parts.join(',') + close;
  }

  return function (value, replacer, space) {
    charge(CALL);
    layout.gap = '';
    layout.indent = '';
    if (typeof space === 'number') {
      charge(2 * Math.abs(space));
      for (let i = 0; i < space; i += 1) layout.indent += ' ';
    } else if (typeof space === 'string') {
      layout.indent = space;
    }
    layout.replacer = replacer;
    if (replacer && typeof replacer !== 'function' && !isKeyList(replacer)) throw new Error('JSON.stringify');
    const text = textOf('', { '': value });
    if (typeof text === 'string') charge(2 * text.length);
    return text;
  };
}

function isKeyList(replacer) {
  return typeof replacer === 'object' && typeof replacer.length === 'number';
}
