/** Node's global `Buffer`, and its module `buffer`; packed only where one of them is used. */
const wholeModule = require('buffer/');

__strata_Buffer = wholeModule.Buffer;
__strata_buffer_module = wholeModule;
