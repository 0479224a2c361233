const _ = require('lodash');
exports.run = () => _.template('Hi <%= name %>')({ name: 'x' });
