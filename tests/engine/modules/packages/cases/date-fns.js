const d = require('date-fns');
exports.run = () => {
  const day = new Date(Date.UTC(2024, 0, 31, 10, 20, 30));
  return [
    d.addMonths(day, 1).toISOString(),
    d.format(day, "yyyy-MM-dd'T'HH:mm:ss EEEE do MMMM"),
    d.differenceInDays(new Date(Date.UTC(2024, 5, 1)), day),
    d.parseISO('2024-02-29T12:00:00Z').getTime(),
    d.startOfWeek(day).toISOString(),
    d.intervalToDuration({ start: day, end: new Date(Date.UTC(2025, 3, 2)) }),
    d.formatDistance(day, new Date(Date.UTC(2024, 3, 1))),
  ];
};
