import type { FlushTarget } from '../flush/flush-target.js';
import type { RemoteSource } from '../sync/remote-source.js';

/** Where changes go. */
export type Target = FlushTarget | RemoteSource;
