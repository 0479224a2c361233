/** Entry point of the bundle of profile modern. */
import * as profile from '../../modern/index.js';
import { prepare } from '../boot.js';

globalThis.__strataPrepare = (options) => prepare(profile, options);
