import type { FlushChange } from '../../adapters/adapter.js';

/** The paths of the pages that a change made out of date: those that its rule gives. */
export const pathsOf = ({ paths }: Pick<FlushChange, 'paths'>): string[] => [...new Set(paths)];

/** The address of a page as a visitor asks for it; null where no option says on which site it is. */
export function addressOf(path: string, site: string): string | null {
	try {
		const url = new URL(path, site);
		return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
	} catch {
		return null;
	}
}
