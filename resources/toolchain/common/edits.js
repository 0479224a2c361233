/**
 * Text with insertions that are rendered late, so that a charge can grow after its place was fixed.
 *
 * What is opened at a position comes after everything that is closed there. Things opened at one position keep the
 * order of their calls (outer nodes first when a tree is walked in pre-order); so do things closed (inner nodes first).
 */
export class Edits {
  #text;
  #opened = new Map();
  #closed = new Map();
  #replaced = new Map();

  /** @param {string} text the text that is edited; never changed itself. */
  constructor(text) {
    this.#text = text;
  }

  /** @param {number} position @param {string | (() => string)} piece inserted in front of what begins here. */
  open(position, piece) {
    append(this.#opened, position, piece);
  }

  /** @param {number} position @param {string | (() => string)} piece inserted behind what ends here. */
  close(position, piece) {
    append(this.#closed, position, piece);
  }

  /**
   * Replace the text from `start` to `end`, within which nothing else may be inserted.
   *
   * @param {number} start @param {number} end @param {string | (() => string)} text
   */
  replace(start, end, text) {
    this.#replaced.set(start, { end, text });
  }

  /** @returns {string} the text with all insertions. */
  render() {
    const positions = [...new Set([...this.#opened.keys(), ...this.#closed.keys(), ...this.#replaced.keys()])];
    positions.sort((a, b) => a - b);
    const pieces = [];
    let done = 0;
    for (const position of positions) {
      pieces.push(this.#text.slice(done, position));
      done = position;
      for (const piece of this.#closed.get(position) ?? []) pieces.push(rendered(piece));
      for (const piece of this.#opened.get(position) ?? []) pieces.push(rendered(piece));
      const replacement = this.#replaced.get(position);
      if (replacement) {
        pieces.push(rendered(replacement.text));
        done = replacement.end;
      }
    }
    pieces.push(this.#text.slice(done));
    return pieces.join('');
  }
}

function append(map, position, piece) {
  const pieces = map.get(position);
  if (pieces) pieces.push(piece);
  else map.set(position, [piece]);
}

function rendered(piece) {
  return typeof piece === 'string' ? piece : piece();
}
