import { describeAdapters } from '../../flush/core/describe-adapters.js';
import type { Handler } from '../respond.js';

/** Made once: what an adapter takes changes only with this package. */
let described: ReturnType<typeof describeAdapters> | null = null;

export const adapters: Handler<'adapters'> = async () => ({ data: (described ??= describeAdapters()) });
