import { z } from 'zod';
import type { FlushChange } from './adapter.js';
import { portableTag, tagsOf, writtenTag } from '../core/tags.js';

/** Where a provider's API is: its own address unless something stands in for it. Kept without a slash at its end. */
export const baseUrl = (provider: string, fallback: string) =>
	z
		.url({ protocol: /^https?$/, error: 'expected an http or https URL' })
		.default(fallback)
		.meta({ description: `Where ${provider} answers. Only to be changed for a proxy or a test.` });

/** Joins a base URL and the rest of an address. */
export const under = (base: string, rest: string) => `${base.replace(/(?<!\/)\/+$/, '')}${rest}`;

/** An id or a name that the provider gave, as one part of an address. */
export const identifier = () =>
	z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, ".", "_" and "-" only');

export const mapTags = z.boolean().default(true).meta({
	description:
		'Sends tags in lower-case with every character but a-z, 0-9, ".", "_" and "-" replaced by "-", which every CDN takes alike. Off: as the rule writes them, for pages that already carry such tags.',
});

/** The tags of a change as this provider gets them. */
export function cdnTags(
	change: FlushChange,
	{ map, ...limits }: { map: boolean; pathsCount: boolean; forbidden: RegExp; maxBytes: number },
): string[] {
	return [...new Set(tagsOf(change, limits).map((tag) => (map ? portableTag(tag) : writtenTag(tag, limits))))];
}
