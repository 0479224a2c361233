/**
 * The resident loop of a sandbox: asks Python for frames, runs them, reports their outcome.
 *
 * A frame is one method of one contract. Contracts are kept as factory functions; every frame calls the factory anew,
 * so no module state outlives it. A contract that calls another one gets the callee's frame as the reply to its host
 * call and runs it on the same stack.
 */
import { Operation } from '../operations.js';
import { Control, Reply } from './bridge.js';
import { outOfGas } from './counter.js';
import { isStackOverflow, STACK_MESSAGE } from './overflow.js';
import {
  AnyError,
  apply,
  freeze,
  includes,
  isArray,
  ownKeys,
  parse,
  PlainTypeError,
  setPrototypeOf,
  sliceText,
} from './primordials.js';

const MAX_RESULT = 65536;
const MAX_TEXT = 1 << 24;
const MAX_ERROR = 1 << 16;
const STACK_RESERVE = 64;

/**
 * Create the dispatcher.
 *
 * @param {object} parts
 * @param {object} parts.profile what the profile's `install` returned.
 * @param {object} parts.bridge
 * @param {object} parts.counter
 * @param {(error: any) => [string, number, number][]} parts.positionsOf
 * @param {object|null} parts.recorder records the steps of stepping variants.
 */
export function createDispatcher({ profile, bridge, counter, positionsOf, recorder }) {
  const factories = [];
  const machinery = profile.machinery.values;
  let mayStart = false;

  /** First thing a factory does: a sloppy function can get hold of its factory, but must not run it with other values. */
  function guard() {
    if (!mayStart) throw new PlainTypeError('a contract is started by the chain only');
    mayStart = false;
  }
  let operations = 0;
  let depth = 0;

  /** Call the host for contract code; runs the frames that the host asks for meanwhile. */
  function host(operation, texts) {
    counter.check();
    reserveStack(STACK_RESERVE);
    for (let i = 0; i < texts.length; i += 1) {
      if (texts[i] === null) continue;
      if (typeof texts[i] !== 'string') throw new PlainTypeError('a host function takes texts');
      if (texts[i].length > MAX_TEXT) throw new AnyError('argument too long');
    }
    operations += 1;
    const watched = recorder !== null && (operation === Operation.CALL || operation === Operation.CALL_WITH_AUTH);
    if (watched) recorder.suspend();
    let kind = bridge.send(operation, texts, counter.used(), depth);
    while (kind === Reply.FRAME) kind = runFrame();
    if (kind === Reply.LEAVE) awaitTermination();
    const gas = bridge.replyGas();
    const text = kind === Reply.TEXT || kind === Reply.ERROR ? bridge.texts()[0] : null;
    if (watched) recorder.resume();
    counter.chargeHost(gas);
    if (kind === Reply.ERROR) {
      const error = new AnyError(text);
      if (includes(text, STACK_MESSAGE)) counter.fail(error);
      throw error;
    }
    if (kind === Reply.TRUE || kind === Reply.FALSE) return kind === Reply.TRUE;
    return text;
  }

  /** Call the debugger; free of gas. */
  function debug(operation, texts) {
    const kind = bridge.send(operation, texts, counter.used(), depth);
    return kind === Reply.TEXT ? bridge.texts()[0] : null;
  }

  /** Run the frame that stands in the buffer and report its outcome; returns the kind of the next reply. */
  function runFrame() {
    const limit = bridge.frameLimit();
    const starting = bridge.startsProgram();
    const message = bridge.texts();
    const frame = { contract: message[0], method: message[3], block: message[5], transaction: message[6], gasLimit: limit };
    if (recorder !== null && starting) recorder.begin();
    const recording = recorder === null ? null : recorder.enterFrame(frame.contract, message[1]);
    const outer = counter.enter(limit);
    const outerDepth = depth;
    const texts = [null, null, '', ''];
    let gas = 0;
    depth = outerDepth + 1;
    try {
      texts[0] = resultOf(frame, factories[+message[2]], message[4], recording);
      counter.check();
    } catch (error) {
      texts[0] = null;
      describe(counter.failure() === null ? error : counter.failure(), texts);
    } finally {
      if (counter.exhausted()) {
        texts[0] = null;
        texts[1] = 'out of gas';
        texts[2] = 'OutOfGas';
      }
      gas = counter.used();
      depth = outerDepth;
      counter.leave(outer);
    }
    if (recording !== null) recording.leave();
    const kind = bridge.send(Control.OUTCOME, texts, gas, depth + 1);
    if (kind === Reply.LEAVE && depth > 0) awaitTermination();
    return kind;
  }

  function resultOf(frame, factory, argumentsText, recording) {
    const callArguments = literal(argumentsText);
    frame.invoke = (object) => {
      'use strict'; // the bundle is a sloppy script: without this, `caller` of the method would lead here
      const called = object[frame.method];
      if (typeof called !== 'function') throw new PlainTypeError(`obj.${frame.method} is not a function`);
      return apply(called, object, callArguments);
    };
    const values = profile.createGlobals(frame);
    if (recording !== null) {
      for (let i = 0; i < recording.values.length; i += 1) values[values.length] = recording.values[i];
    }
    counter.reset();
    mayStart = true;
    const text = profile.resultText(profile.run(factory, values, frame.invoke));
    if (text.length > MAX_RESULT) throw resultTooLong;
    return text;
  }

  /** Fill in error text, class and positions of what a frame threw. The value is hostile: reading it may throw again. */
  function describe(error, texts) {
    if (error === outOfGas) return;
    if (error === resultTooLong) {
      texts[1] = 'result too long';
      texts[2] = 'ResultTooLong';
      return;
    }
    texts[1] = 'Uncaught exception: ';
    texts[2] = 'ContractException';
    try {
      const text = profile.errorText(error);
      texts[1] = text.length > MAX_ERROR ? sliceText(text, 0, MAX_ERROR) : text;
      texts[2] = errorClass(error);
      texts[3] = positionText(positionsOf(error));
    } catch (second) {
      // The value's own `toString` failed: the reference shows such values without text, too.
    }
  }

  function errorClass(error) {
    if (profile.isAbnormal && profile.isAbnormal(error)) return 'AbnormalResult';
    return isStackOverflow(error) ? 'StackExceeded' : 'ContractException';
  }

  return {
    host,
    debug,
    operations: () => operations,

    /**
     * Keep a contract's factory, made by `maker`; Python counts along and names it by its index. The machinery that
     * compiled text uses goes to the maker: what a factory is called with, sloppy code can find out.
     */
    register(maker) {
      const values = [guard];
      for (let i = 0; i < machinery.length; i += 1) values[i + 1] = machinery[i];
      factories[factories.length] = apply(maker, undefined, values);
    },

    /** Run frames until Python says to leave. */
    loop() {
      counter.leave({ used: 0, limit: 0, failure: null }); // the last run may have been cut off
      depth = 0;
      for (;;) {
        operations = 0;
        let kind = bridge.send(Control.NEXT, [], 0, 0);
        while (kind === Reply.FRAME) kind = runFrame();
        if (kind === Reply.LEAVE) return;
      }
    },
  };
}

const resultTooLong = freeze({});

/** Throw while there is still stack for the sandbox's own work: it must not be cut off half way. */
function reserveStack(levels) {
  return levels === 0 ? 0 : 1 + reserveStack(levels - 1);
}

/** Python has given up the run and is about to terminate it: nothing of it may go on. */
function awaitTermination() {
  for (;;);
}

function positionText(positions) {
  let text = '';
  for (let i = 0; i < positions.length; i += 1) {
    text += `${positions[i][0]}\t${positions[i][1]}\t${positions[i][2]}\n`;
  }
  return text;
}

/**
 * The values that a JSON array text has as JavaScript source: unlike `JSON.parse`, a literal's `__proto__` member sets the
 * prototype.
 */
function literal(text) {
  const values = parse(text);
  if (includes(text, '__proto__')) adoptPrototypes(values);
  return values;
}

function adoptPrototypes(value) {
  if (typeof value !== 'object' || value === null) return;
  const keys = ownKeys(value);
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[i];
    if (isArray(value) && key === 'length') continue;
    const member = value[key];
    adoptPrototypes(member);
    if (key === '__proto__') {
      delete value[key];
      if (typeof member === 'object') setPrototypeOf(value, member);
    }
  }
}
