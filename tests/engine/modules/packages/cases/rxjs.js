const { of, map, filter, reduce, Subject } = require('rxjs');
exports.run = () => {
  const l = [];
  of(1, 2, 3, 4)
    .pipe(
      filter((x) => x % 2 === 0),
      map((x) => x * 10),
    )
    .subscribe((x) => l.push(x));
  const s = new Subject();
  s.subscribe((x) => l.push(x));
  s.next('s');
  return l;
};
