import { createHash } from 'node:crypto';

/** The tags of the automatic way (docs/pages.md): what a read carries, and what a change purges. */

/** This item. */
export const tagOfItem = (collection: string, key: unknown): string => `${part(collection)}-${part(String(key))}`;

/** The rows that lists of this item show: its comments, translations, junction rows. */
export const tagOfRows = (collection: string, key: unknown): string => `${tagOfItem(collection, key)}.`;

/** Which items there are. */
export const tagOfMembership = (collection: string): string => `${part(collection)}.`;

/** The values of one field, whichever items have them. */
export const tagOfField = (collection: string, field: string): string => `${part(collection)}.${part(field)}`;

/** Anything of a collection. */
export const tagOfCollection = (collection: string): string => `${part(collection)}..`;

/** Everything: every read carries it. */
export const TAG_OF_EVERYTHING = '..';

/** Two parts and two signs between and behind them stay within the 128 characters that every CDN takes. */
const LONGEST_PART = 63;

/**
 * A name or a key within a tag. Every CDN takes lower-case letters, digits, `_` and `-` alike; a text with anything else, or
 * a longer one, is cut and told apart by 62 bits of a hash of the whole. The same text always gives the same part.
 */
function part(text: string): string {
	if (/^[a-z0-9_-]+$/.test(text) && text.length <= LONGEST_PART) return text;
	const hash = BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
		.toString(36)
		.slice(-12);
	return `${text
		.toLowerCase()
		.replace(/[^a-z0-9_-]/gu, '-')
		.slice(0, LONGEST_PART - 13)}-${hash}`;
}
