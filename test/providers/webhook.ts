import type { Setups, Within } from './limits.js';

/** Every way to set it up, with the options that need saying. */
export const setups: Setups = [{}];

/** Any number of changes. */
export const within: Within = () => {};
