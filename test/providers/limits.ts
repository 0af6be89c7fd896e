import { expect } from 'vitest';
import type { WireRequest } from '../../src/kernel/core/wire.js';

/** The site whose pages are purged. */
export const SITE = 'https://www.example.com';

/** Options of an adapter, one for every way to set it up. */
export type Setups = Record<string, unknown>[];
/** Expects a request to be within what the provider's documentation allows. */
export type Within = (request: WireRequest) => void;

/** What stands beside each adapter in its `test/providers/<name>.ts`. */
export interface Sample {
	setups: Setups;
	within: Within;
	/** How many requests a group of several changes may take, where that is more than one of each kind. */
	mostRequests?: number;
}

/** Expects a list of distinct tags or URLs. How long a URL may be is the site's affair. */
export function expectList(
	entries: string[] | undefined,
	{ most, longest, shape, mayBeEmpty }: { most: number; longest: number; shape: RegExp; mayBeEmpty?: true },
): void {
	if (!mayBeEmpty) expect(entries?.length).toBeGreaterThan(0);
	expect(entries?.length).toBeLessThanOrEqual(most);
	expect(new Set(entries).size).toBe(entries?.length);
	for (const entry of entries ?? []) {
		if (!entry.startsWith(SITE)) expect(Buffer.byteLength(entry)).toBeLessThanOrEqual(longest);
		expect(entry).toMatch(shape);
	}
}
