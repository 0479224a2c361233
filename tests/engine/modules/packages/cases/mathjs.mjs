import { addDependencies, bignumberDependencies, create, detDependencies, evaluateDependencies } from 'mathjs';
const math = create({ addDependencies, bignumberDependencies, detDependencies, evaluateDependencies });
export const run = () => [
  math.add(math.bignumber('0.1'), math.bignumber('0.2')).toString(),
  math.evaluate('2 * x ^ 2', { x: 3 }),
  math.det([
    [1, 2],
    [3, 4],
  ]),
];
