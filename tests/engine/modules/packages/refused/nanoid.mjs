import { nanoid } from 'nanoid';
export const run = () => nanoid();
