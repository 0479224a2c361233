import { customRandom } from 'nanoid';
export const run = () => {
  let next = 0;
  const id = customRandom('abcdef', 10, (size) => Uint8Array.from({ length: size }, () => (next += 37) & 255));
  return [id(), id()];
};
