/**
 * The bridge to Python: one synchronous host function and one buffer.
 *
 * `engine/vm/bridge.py` is the other end. Layout of the buffer: 64 32-bit words, of which
 *
 *     word 0       operation (to Python), kind of reply (to JavaScript)
 *     word 1       number of texts
 *     word 2       depth of the sending frame / whether the frame asked for is the first one of its program
 *     words 4–7    two doubles: gas used / gas of the reply, gas limit of a frame
 *     words 8…     length of each text in UTF-16 units, -1 for null
 *
 * then the units of all texts, one after the other. Texts that do not fit are passed on in pieces: the writer hands
 * over a full buffer with CONTINUE and starts again at its beginning.
 */
import { apply, charCodeAt, fromCharCode, subarray } from './primordials.js';

/** Operations of the sandbox itself, beside those of `operations.js` and the debug operations 100–119. */
export const Control = Object.freeze({ CONTINUE: 200, NEXT: 201, OUTCOME: 202 });

/** Kinds of reply. */
export const Reply = Object.freeze({ NULL: 0, TEXT: 1, TRUE: 2, FALSE: 3, ERROR: 4, FRAME: 5, LEAVE: 6 });

const HEADER_WORDS = 64;
const FIRST_LENGTH = 8;
const PIECE = 4096;

/**
 * Create the bridge.
 *
 * @param {() => void} native runs the Python side; returns when the reply stands in the buffer.
 * @param {ArrayBuffer} memory
 */
export function createBridge(native, memory) {
  const words = new Int32Array(memory, 0, HEADER_WORDS);
  const gas = new Float64Array(memory, 4 * 4, 2);
  const units = new Uint16Array(memory, HEADER_WORDS * 4);
  const capacity = units.length;

  function write(texts) {
    let position = 0;
    for (let index = 0; index < texts.length; index += 1) {
      const text = texts[index];
      if (text === null) continue;
      for (let i = 0; i < text.length; i += 1) {
        if (position === capacity) {
          words[0] = Control.CONTINUE;
          native();
          position = 0;
        }
        units[position] = charCodeAt(text, i);
        position += 1;
      }
    }
  }

  function readText(state, length) {
    let text = '';
    let missing = length;
    while (missing > 0) {
      if (state.position === capacity) {
        words[0] = Control.CONTINUE;
        native();
        state.position = 0;
      }
      let end = state.position + (missing < PIECE ? missing : PIECE);
      if (end > capacity) end = capacity;
      text += apply(fromCharCode, undefined, subarray(units, state.position, end));
      missing -= end - state.position;
      state.position = end;
    }
    return text;
  }

  return {
    /**
     * Send an operation and wait for the reply; `texts` are strings or null.
     *
     * @returns {number} kind of reply; its texts must be fetched by `texts()` before anything else is sent.
     */
    send(operation, texts, gasUsed, depth) {
      write(texts);
      for (let index = 0; index < texts.length; index += 1) {
        words[FIRST_LENGTH + index] = texts[index] === null ? -1 : texts[index].length;
      }
      words[1] = texts.length;
      words[2] = depth;
      gas[0] = gasUsed;
      words[0] = operation;
      native();
      return words[0];
    },

    /** Gas of the reply. */
    replyGas: () => gas[0],

    /** Gas limit of the frame that the reply asks for. */
    frameLimit: () => gas[1],

    /** Whether the frame that the reply asks for is the first one of its program. */
    startsProgram: () => words[2] === 1,

    /** The texts of the reply. */
    texts() {
      const count = words[1];
      const lengths = [];
      for (let index = 0; index < count; index += 1) lengths[index] = words[FIRST_LENGTH + index];
      const state = { position: 0 };
      const texts = [];
      for (let index = 0; index < count; index += 1) texts[index] = lengths[index] < 0 ? null : readText(state, lengths[index]);
      return texts;
    },
  };
}
