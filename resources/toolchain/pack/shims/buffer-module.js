/** Node's module `buffer`: there is one `Buffer`, however it is come by. */
module.exports = __strata_buffer_module;
