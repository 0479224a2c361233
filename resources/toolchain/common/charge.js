/** A sum of prices that is charged at one place. It grows while the tree is walked and is rendered at the end. */
export class ChargePoint {
  #total;
  #counter;

  /**
   * @param {number} total what the point starts with.
   * @param {string} counter the name by which the counter is reached at this place.
   */
  constructor(total = 0, counter = COUNTER) {
    this.#total = total;
    this.#counter = counter;
  }

  /** IEEE double addition in visiting order: the sum's last digit shows in the gas (spec/gas.md §3.3). */
  add(price) {
    this.#total += price;
  }

  get isFree() {
    return this.#total === 0;
  }

  /** What the counter adds: amounts are truncated (spec/gas.md §4). */
  get units() {
    return Math.trunc(this.#total);
  }

  /** The charge as a statement; empty if nothing is to be paid. */
  statement = () => (this.isFree ? '' : `${this.#counter}.incr(${this.#total});`);

  /** The charge in front of an expression, joined by a comma; empty if nothing is to be paid. */
  operand = () => (this.isFree ? '' : `${this.#counter}.incr(${this.#total}),`);
}

/** The counter's name in compiled texts. */
export const COUNTER = '_IOSTInstruction_counter';
