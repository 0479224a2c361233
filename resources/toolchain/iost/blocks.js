/**
 * Charges that are paid at once: those of a stretch of code in which nothing can be observed between them.
 *
 * The reference charges at every statement and before every operator. Where no call, no exception and no output can come
 * in between, it makes no difference to pay for all of it at the beginning. An operator whose operands turn out to be
 * more than numbers may call functions or throw after all: it gives back what is not due yet, does its work by the
 * reference's own steps, and pays again (`operations.js`).
 */

import { COUNTER } from '../common/charge.js';

/** What every one of several ways charges at least: it can be paid before it is known which way is taken. */
export class Shared {
  #ways;
  #first = [];

  /** @param {number} ways how many there are. */
  constructor(ways) {
    this.#ways = ways;
  }

  /** Count a block with which one of the ways begins. */
  begin(block) {
    this.#first.push(block);
  }

  get units() {
    return this.#first.length < this.#ways ? 0 : Math.min(...this.#first.map(({ total }) => total));
  }
}

/** A sum of charges that grows while a tree is walked; texts are made when it is complete. */
export class Block {
  #charges = [];
  #around;
  #shared;
  #following = null;

  /**
   * @param {{block: Block, mark: number} | null} around a block that goes on behind the branch this one stands in.
   * @param {Shared | null} shared what has been paid of this block in front of the branch that begins with it.
   */
  constructor(around = null, shared = null) {
    this.#around = around;
    this.#shared = shared;
    shared?.begin(this);
  }

  /** @param {{units: number}} charge a charge that comes next. */
  add(charge) {
    this.#charges.push(charge);
  }

  /** @returns {number} the place behind the last charge, for `due`. */
  mark() {
    return this.#charges.length;
  }

  /** Let the charges of another block, which has no place of its own to be paid on this way, come last. */
  continueWith(block) {
    this.#following = block;
  }

  /** What is charged here, in units. */
  get total() {
    let sum = this.#following?.total ?? 0;
    for (const { units } of this.#charges) sum += units;
    return sum;
  }

  /** What has been paid in blocks around for what comes behind the branch. */
  get dueAround() {
    return this.#around ? this.#around.block.due(this.#around.mark) : 0;
  }

  /** What has been paid, here and in blocks around, for what comes after a mark. */
  due(mark) {
    let sum = this.dueAround;
    for (let i = mark; i < this.#charges.length; i += 1) sum += this.#charges[i].units;
    return sum + (this.#following?.total ?? 0);
  }

  /** What is left to be paid at the beginning. */
  get #unpaid() {
    return this.total - (this.#shared?.units ?? 0);
  }

  /** The payment as a statement, behind which the first charge is due; empty if nothing is to be paid. */
  statement = () => {
    const unpaid = this.#unpaid;
    return unpaid === 0 ? '' : `if(${subtraction(unpaid)}<0)${COUNTER}.over(${this.due(1)});`;
  };

  /** The payment in front of an expression, joined by a comma; empty if nothing is to be paid. */
  operand = () => {
    const unpaid = this.#unpaid;
    return unpaid === 0 ? '' : `${payment(unpaid, this.due(1))},`;
  };
}

/** An expression that pays an amount (a number or an expression), `due` of which is for later. */
export function payment(amount, due) {
  return `${subtraction(amount)}<0&&${COUNTER}.over(${due})`;
}

/**
 * An expression that has the value of `exact`, which charges for itself.
 *
 * @param {string} exact
 * @param {number} paid what has been paid for it and for what comes next.
 * @param {number} due what will have been paid behind it.
 */
export function settled(exact, paid, due) {
  const refunded = paid > 0 ? `(${COUNTER}.refund(${paid}),${exact})` : exact;
  return due > 0 ? `${COUNTER}.repaid(${due},${refunded})` : refunded;
}

function subtraction(amount) {
  return `(${COUNTER}.left-=${amount})`;
}
