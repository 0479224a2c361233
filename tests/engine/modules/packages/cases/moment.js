const m = require('moment');
exports.run = () => [
  m.utc(0).add(1, 'month').format('YYYY-MM-DD'),
  m.utc('2020-02-29').isLeapYear(),
  m.duration(90, 'minutes').asHours(),
];
