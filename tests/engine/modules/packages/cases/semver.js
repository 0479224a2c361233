const s = require('semver');
exports.run = () => [
  s.satisfies('1.2.3', '^1.0.0'),
  s.sort(['2.0.0', '1.0.0-beta', '1.0.0']),
  s.inc('1.2.3', 'minor'),
  s.valid('x'),
  s.coerce('v3.4').version,
  s.maxSatisfying(['1.2.0', '1.3.0', '2.0.0'], '~1'),
  s.validRange('>=1 <2'),
];
