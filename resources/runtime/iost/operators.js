/** What rewritten operators, templates and spreads call (spec/gas.md §5). */

const COMPARISONS = {
  '==': true,
  '!=': true,
  '===': true,
  '!==': true,
  '<': true,
  '<=': true,
  '>': true,
  '>=': true,
};

/** `_IOSTBinaryOp`: price and result of `left operator right`; `tick` charges what needs no check. */
export function createBinaryOperator(charge, tick) {
  return function (left, right, operator) {
    if ((typeof left === 'string' || typeof right === 'string') && COMPARISONS[operator] === true) {
      charge(comparedLength(left));
      charge(comparedLength(right));
    }
    tick(3);
    if (operator === '+') {
      const sum = left + right;
      if (typeof sum === 'string') tick(sum.length);
      return sum;
    }
    return compute(left, right, operator);
  };
}

// A text that is not empty is made twice, as by the reference.
function comparedLength(operand) {
  if (operand === null || operand === undefined) return 0;
  return operand.toString().length <= 0 ? 0 : operand.toString().length;
}

function compute(left, right, operator) {
  switch (operator) {
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    case '|':
      return left | right;
    case '&':
      return left & right;
    case '^':
      return left ^ right;
    case '>>':
      return left >> right;
    case '>>>':
      return left >>> right;
    case '<<':
      return left << right;
    case '==':
    case '===':
      return left === right;
    case '!=':
    case '!==':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    default:
      return undefined;
  }
}

/** `_IOSTTemplateTag`: a template literal's text, joined piece by piece with the priced `concat`. */
export function createTemplateTag(charge) {
  return function (strings) {
    charge(4);
    let result = new String('');
    const last = strings.length - 1;
    for (let i = 0; i < last; i += 1) {
      charge(8);
      result = result.concat(strings[i], arguments[i + 1]);
    }
    return result.concat(strings[last]).toString();
  };
}

/** `_IOSTSpreadElement`: charge the length of what is about to be spread. */
export function createSpreadElement(charge) {
  return function (elements) {
    if (elements !== undefined && elements !== null && elements.length > 0) charge(elements.length);
    return elements;
  };
}
