/** Node's module `process`. */
module.exports = process;
