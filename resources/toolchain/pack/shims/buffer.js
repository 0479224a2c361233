/** Node's global `Buffer`; packed only where it is used. */
import { Buffer } from 'buffer/';

export const __strata_Buffer = Buffer;
