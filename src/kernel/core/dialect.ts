/** The databases whose ways of comparing differ. */
export type Dialect = 'sqlite' | 'postgres' | 'mysql';
