const { v4 } = require('uuid');
exports.run = () => v4();
