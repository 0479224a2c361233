/** Node's global `Buffer`; packed only where it is used. */
export { Buffer as __strata_Buffer } from 'buffer/';
