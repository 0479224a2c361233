/** Variables of one function that hold operands; the innermost operation uses the highest ones. */
export class Temporaries {
  #prefix;
  #taken = 0;
  #most = 0;

  /** @param {string} prefix with which no name of the source begins. */
  constructor(prefix) {
    this.#prefix = prefix;
  }

  /** @returns {string} a variable that nobody uses. */
  take() {
    this.#taken += 1;
    this.#most = Math.max(this.#most, this.#taken);
    return this.#prefix + this.#taken;
  }

  /** Give back the last `count` variables taken. */
  release(count) {
    this.#taken -= count;
  }

  /** The declaration of all of them; empty if there is none. */
  declaration = () => {
    if (this.#most === 0) return '';
    return `let ${Array.from({ length: this.#most }, (_, i) => this.#prefix + (i + 1)).join(',')};`;
  };
}
