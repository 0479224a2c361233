const { Map, List, Set, fromJS, Range, OrderedMap, Record } = require('immutable');
exports.run = () => [
  Map({ a: 1 }).set('b', 2).toJS(),
  List([3, 1, 2]).sort().toArray(),
  Set([1, 2, 2]).size,
  fromJS({ a: { b: [1, 2] } }).getIn(['a', 'b', 1]),
  Range(0, 10, 3).toArray(),
  Map({ a: 1 }).equals(Map({ a: 1 })),
  OrderedMap([
    ['z', 1],
    ['a', 2],
  ])
    .keySeq()
    .toArray(),
  new (Record({ x: 1, y: 2 }))({ x: 5 }).toJS(),
  Map([
    [{}, 1],
    ['k', 2],
  ]).size,
  String(List([1, 2])),
];
