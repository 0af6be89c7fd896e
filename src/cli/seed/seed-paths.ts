import { existsSync } from 'node:fs';
import type { Options } from '../options.js';

/** Where the seeds are: as chosen, else the first usual place that exists. */
export function seedPaths({ seedPaths: chosen, seedDefaults }: Pick<Options, 'seedPaths' | 'seedDefaults'>): string[] {
	return chosen ?? [seedDefaults.find((path) => existsSync(path)) ?? (seedDefaults[0] as string)];
}
