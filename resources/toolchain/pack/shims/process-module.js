/** Node's module `process`. */
module.exports = require('./process.js').__strata_process;
