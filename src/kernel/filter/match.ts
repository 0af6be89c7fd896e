/** Whether an item matches: `unknown` where the filter asks for something that the values at hand do not tell. */
export type Match = 'yes' | 'no' | 'unknown';
