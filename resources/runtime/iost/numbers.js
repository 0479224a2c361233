/** `Int64` and `Float64`: checked numbers over BigNumber, without prices of their own (spec/gas.md §6.6). */

const MAXIMUM = '9223372036854775807';
const MINIMUM = '-9223372036854775808';

/**
 * Create both classes and their limits.
 *
 * @param {Function} BigNumber the class that the limits are made with: free of charge.
 * @param {() => Function} priced the class that contracts see, which every number is made with.
 */
export function createNumbers(BigNumber, priced) {
  const limits = () => [new BigNumber(MAXIMUM), new BigNumber(MINIMUM)];
  const [MaxInt64, MinInt64] = limits();
  const [MaxFloat64, MinFloat64] = limits();

  class Int64 {
    constructor(n, base) {
      this.number = new (priced())(n, base);
      this._validate();
    }

    _validate() {
      if (!this.number.isInteger()) throw new Error('Int64: ' + this.number + ' is not an integer');
      checkRange(this.number, MaxInt64, MinInt64, 'Int64: ', 'int64');
    }

    _checkArgument(arg) {
      return checkedArgument(this, arg, Int64, 'Int64 argument: ');
    }

    div(n) {
      return new this.constructor(this.number.idiv(this._checkArgument(n).number));
    }

    shift(n) {
      return new this.constructor(this.number.shiftedBy(n));
    }
  }

  class Float64 {
    constructor(n, base) {
      this.number = new (priced())(n, base);
      this._validate();
    }

    _validate() {
      checkRange(this.number, MaxFloat64, MinFloat64, 'Float64: ', 'float64');
    }

    _checkArgument(arg) {
      return checkedArgument(this, arg, Float64, 'float64 argument: ');
    }

    div(n) {
      return new this.constructor(this.number.div(this._checkArgument(n).number));
    }
  }

  addCommonMembers(Int64.prototype);
  addCommonMembers(Float64.prototype);
  return { Int64, Float64, MaxInt64, MinInt64, MaxFloat64, MinFloat64 };
}

function checkRange(number, maximum, minimum, prefix, type) {
  if (number.gt(maximum)) throw new Error(prefix + number + ' overflow ' + type);
  if (number.lt(minimum)) throw new Error(prefix + number + ' underflow ' + type);
}

function checkedArgument(receiver, arg, Class, prefix) {
  if (arg === undefined || arg == null) throw new Error(prefix + arg + ' is empty');
  const fits = arg instanceof Class && arg.constructor === receiver.constructor;
  const checked = fits ? arg : new receiver.constructor(arg);
  checked._validate();
  return checked;
}

/** Members that both classes share; as in a class body they are not enumerable. */
function addCommonMembers(prototype) {
  const members = {
    plus(n) {
      return new this.constructor(this.number.plus(this._checkArgument(n).number));
    },
    minus(n) {
      return new this.constructor(this.number.minus(this._checkArgument(n).number));
    },
    multi(n) {
      return new this.constructor(this.number.times(this._checkArgument(n).number));
    },
    mod(n) {
      return new this.constructor(this.number.mod(this._checkArgument(n).number));
    },
    pow(n) {
      return new this.constructor(this.number.pow(this._checkArgument(n).number));
    },
    eq(n) {
      return this.number.eq(this._checkArgument(n).number);
    },
    gt(n) {
      return this.number.gt(this._checkArgument(n).number);
    },
    gte(n) {
      return this.number.gte(this._checkArgument(n).number);
    },
    lt(n) {
      return this.number.lt(this._checkArgument(n).number);
    },
    lte(n) {
      return this.number.lte(this._checkArgument(n).number);
    },
    negated() {
      return new this.constructor(this.number.negated());
    },
    isZero() {
      return this.number.isZero();
    },
    isPositive() {
      return this.number.isPositive();
    },
    isNegative() {
      return this.number.isNegative();
    },
    toString() {
      return this.number.toString();
    },
    toFixed(n) {
      return this.number.toFixed(n);
    },
    toJSON() {
      return this.number.toJSON();
    },
  };
  for (const name of Object.keys(members)) {
    Object.defineProperty(prototype, name, { value: members[name], writable: true, configurable: true });
  }
}
