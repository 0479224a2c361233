const { DateTime, Duration } = require('luxon');
exports.run = () => [Duration.fromObject({ hours: 1, minutes: 30 }).toISO()];
