import { createHash } from 'node:crypto';
import type { FlushChange } from '../adapters/adapter.js';
import { ALL_ITEMS } from '../../contract/vocabulary.js';

/** The longest tag that every CDN takes: Akamai's limit, the smallest of all. */
const LONGEST_TAG = 128;

/**
 * A tag in the one alphabet that fits every CDN: lower-case, `a-z 0-9 . _ -`, anything else (`:` too) becomes `-`, and
 * at most 128 characters. A page that sets its own tags maps them the same way; what is mapped already stays as it is.
 */
export function portableTag(tag: string): string {
	return shorten(tag.toLowerCase().replace(/[^a-z0-9._-]/gu, '-'), LONGEST_TAG);
}

/** What a provider takes of a tag as written: no such characters, and no more bytes, or characters (UTF-16 units). */
type TagLimits = { forbidden: RegExp } & ({ maxBytes: number } | { maxCharacters: number });

/** A tag as written, except for characters that the provider forbids, and cut to its limit. */
export function writtenTag(tag: string, limits: TagLimits): string {
	const text = tag.replace(limits.forbidden, '-');
	return 'maxBytes' in limits
		? shorten(text, limits.maxBytes)
		: shorten(text, limits.maxCharacters, ({ length }) => length);
}

/**
 * The tags of one change, as the rule wrote them. A rule that names neither tags nor paths gives the collection (its
 * lists) and `<collection>-<key>` (the item); a change of every item always gives a tag, at least the collection.
 * @param pathsCount false for a provider that cannot purge paths: those then do not stand in for tags
 */
export function tagsOf(change: FlushChange, { pathsCount }: { pathsCount: boolean }): string[] {
	const tags = change.tags.filter((tag) => tag.trim() !== '');
	if (tags.length > 0) return tags;
	if (change.item === ALL_ITEMS) return [change.collection];
	return pathsCount && change.paths.length > 0 ? [] : [change.collection, `${change.collection}-${change.item}`];
}

/** Cuts a tag that is too long, and appends 50 bits of its hash so that it stays unique. */
function shorten(tag: string, longest: number, lengthOf: (text: string) => number = Buffer.byteLength): string {
	if (lengthOf(tag) <= longest) return tag;
	const hash = BigInt(`0x${createHash('sha256').update(tag).digest('hex')}`)
		.toString(36)
		.slice(-10)
		.padStart(10, '0');
	let kept = '';
	let taken = 0;
	for (const character of tag) {
		taken += lengthOf(character);
		if (taken > longest - hash.length - 1) break;
		kept += character;
	}
	return `${kept}-${hash}`;
}
