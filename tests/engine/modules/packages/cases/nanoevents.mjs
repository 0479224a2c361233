import { createNanoEvents } from 'nanoevents';
export const run = () => {
  const e = createNanoEvents();
  const l = [];
  const off = e.on('a', (x) => l.push(x));
  e.emit('a', 1);
  off();
  e.emit('a', 2);
  return l;
};
