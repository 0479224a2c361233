/** Entry point of the bundle of profile iost. */
import * as profile from '../../iost/index.js';
import { prepare } from '../boot.js';

globalThis.__strataPrepare = (options) => prepare(profile, options);
