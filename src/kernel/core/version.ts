import pkg from '../../../package.json' with { type: 'json' };

/** This package's version, as it is sent in `User-Agent` and shown by `/status`. */
export const VERSION: string = pkg.version;
