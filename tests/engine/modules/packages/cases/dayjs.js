const dayjs = require('dayjs');
dayjs.extend(require('dayjs/plugin/utc'));
dayjs.extend(require('dayjs/plugin/duration'));
exports.run = () => [
  dayjs.utc('2020-02-28').add(2, 'day').format('YYYY-MM-DD'),
  dayjs(1700000000000).format(),
  dayjs('2020-01-31T10:00:00').add(1, 'month').toISOString(),
  dayjs.utc('2021-03-01').diff(dayjs.utc('2020-03-01'), 'day'),
  dayjs('2020-05-17').startOf('week').valueOf(),
  dayjs.duration(90, 'minutes').asHours(),
  dayjs('2018 Enero 15').isValid(),
];
