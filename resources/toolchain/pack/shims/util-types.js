/** Node's module `util/types`. */
module.exports = require('./util.js').types;
