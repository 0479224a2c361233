/** `console` and its text formatting, quirks included (spec/gas.md §6.7). */

import { Operation } from '../operations.js';
import { checkLength } from './checks.js';

const PERCENT = 37;
const LEVELS = { debug: 'Debug', info: 'Info', warn: 'Warn', error: 'Error' };

/**
 * Create the `Console` class and the formatting functions behind it.
 *
 * @param {Function} host the synchronous host call.
 * @param {(value: any) => boolean} isNumberObject whether `%d` prints a value by its `toString`.
 * @param {(name: string, otherwise: any) => any} find what a name means to libraries while a contract runs.
 */
export function createConsole(host, isNumberObject, find) {
  const emptyOptions = {};

  function format(...args) {
    const formatting = find('formatWithOptions', formatWithOptions);
    return formatting(emptyOptions, ...args);
  }

  function formatWithOptions(inspectOptions, f) {
    if (typeof f !== 'string') {
      const values = Array.from(arguments); // there is no `Array.from`, unless the contract makes one: this throws
      values.shift();
      return JSON.stringify(values.length === 1 ? values[0] : values);
    }
    if (arguments.length === 2) return f;
    return fill(f, arguments, isNumberObject);
  }

  class Console {
    _format(...args) {
      const formatting = find('format', format);
      return formatting(...args);
    }
  }

  for (const method of Object.keys(LEVELS)) {
    Console.prototype[method] = function (...args) {
      const text = this._format(...args);
      checkLength(text);
      host(Operation.CONSOLE, LEVELS[method], text);
    };
  }
  Console.prototype.log = function (...args) {
    this.info(...args);
  };
  return { Console, format, formatWithOptions, emptyOptions };
}

/** Fill the placeholders of `f` with the arguments from index 2 on. */
function fill(f, args, isNumberObject) {
  let text = '';
  let next = 2;
  let copied = 0;
  for (let i = 0; i < f.length - 1; i += 1) {
    if (f.charCodeAt(i) !== PERCENT) continue;
    i += 1;
    const letter = f.charCodeAt(i);
    if (letter === PERCENT) {
      text += f.slice(copied, i);
      copied = i + 1;
      continue;
    }
    if (next === args.length) continue;
    let piece;
    switch (letter) {
      case 115: // s
        piece = String(args[next]);
        next += 1;
        break;
      case 100: // d
        piece = isNumberObject(args[next]) ? `${args[next].toString()}` : `${Number(args[(next += 1)])}`;
        next += 1;
        break;
      case 118: // v
        piece = JSON.stringify(args[next]);
        next += 1;
        break;
      case 105: // i
        piece = `${parseInt(args[next])}`;
        next += 1;
        break;
      case 102: // f
        piece = `${parseFloat(args[next])}`;
        next += 1;
        break;
      default:
        continue;
    }
    if (copied !== i - 1) text += f.slice(copied, i - 1);
    text += piece;
    copied = i + 1;
  }
  if (copied === 0) text = f;
  else if (copied < f.length) text += f.slice(copied);
  return withRest(text, args, next);
}

function withRest(text, args, start) {
  let result = text;
  for (let i = start; i < args.length; i += 1) {
    const value = args[i];
    const plain = (typeof value !== 'object' && typeof value !== 'symbol') || value === null;
    result += plain ? ` ${value}` : ` ${JSON.stringify(value)}`;
  }
  return result;
}
