/** Node's module `assert/strict`. */
module.exports = require('./assert.js').strict;
