import { createHash } from 'node:crypto';
import type { Bundle } from '../../contract/bundle.js';
import { fieldName } from './schema/schema-changes.js';

/** For each part of a configuration a hash and its name for people. The hashes reveal no values. */
export type Fingerprints = Record<string, readonly [hash: string, name: string]>;

/** What differs from what the last push left, by name. */
export interface Drift {
	added: string[];
	changed: string[];
	removed: string[];
	/** Who changed them last, and when, as far as Directus' activity tells; by name. */
	by?: Record<string, Editor>;
}

export interface Editor {
	/** What a person is called; null where no user was logged in. */
	name: string | null;
	/** ISO 8601. */
	at: string;
}

/** The parts that differ, by their key (`roles:4f…`) and by the name that the drift has for them. */
export function partsOf(before: Fingerprints, now: Fingerprints): { key: string; name: string }[] {
	const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
	return keys
		.filter((key) => before[key]?.[0] !== now[key]?.[0])
		.map((key) => ({ key, name: now[key]?.[1] ?? before[key]?.[1] ?? key }));
}

/** Whether the same elements differ, regardless of who changed them. */
export const isSameDrift = (a: Drift | null, b: Drift | null): boolean => {
	const plain = (drift: Drift | null) => drift && [drift.added, drift.changed, drift.removed];
	return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
};

export function fingerprintsOf({ schema, elements, extensions }: Bundle): Fingerprints {
	const parts: [key: string, name: string, value: unknown][] = [];
	for (const collection of schema?.collections ?? [])
		parts.push([`collections:${collection.collection}`, collection.collection, collection]);
	for (const kind of ['fields', 'relations'] as const)
		for (const entry of schema?.[kind] ?? []) parts.push([`${kind}:${fieldName(entry)}`, fieldName(entry), entry]);
	for (const [kind, list] of Object.entries(elements))
		for (const element of list) {
			const name = [element['name'], element['bookmark'], element['key']].find((text) => typeof text === 'string');
			parts.push([`${kind}:${element._syncId}`, String(name ?? element._syncId), element]);
		}
	if (extensions) parts.push(['extensions:', 'which are switched on', extensions]);
	return Object.fromEntries(
		parts.map(([key, name, value]) => [
			key,
			[hashOf(value), `${key.slice(0, key.indexOf(':'))} "${name.slice(0, 80)}"`],
		]),
	);
}

const hashOf = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('base64').slice(0, 16);

/** null where nothing differs. */
export function driftBetween(before: Fingerprints, now: Fingerprints): Drift | null {
	const nameOf = (of: Fingerprints) => (key: string) => of[key]?.[1] ?? key;
	const added = Object.keys(now)
		.filter((key) => !(key in before))
		.map(nameOf(now));
	const removed = Object.keys(before)
		.filter((key) => !(key in now))
		.map(nameOf(before));
	const changed = Object.keys(now)
		.filter((key) => key in before && before[key]?.[0] !== now[key]?.[0])
		.map(nameOf(now));
	return added.length + removed.length + changed.length === 0 ? null : { added, changed, removed };
}

export const driftCount = ({ added, changed, removed }: Drift): number =>
	added.length + changed.length + removed.length;

const MOST_NAMES = 5;

/** In a sentence: what was added, changed and removed, the first of each by name. */
export function driftText(drift: Drift): string {
	const who = (name: string) => {
		const editor = drift.by?.[name];
		return editor ? `${name} (by ${editor.name ?? 'nobody who was logged in'} at ${editor.at})` : name;
	};
	const named = (names: string[]) =>
		`${names.slice(0, MOST_NAMES).map(who).join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`;
	return (['added', 'changed', 'removed'] as const)
		.filter((what) => drift[what].length > 0)
		.map((what) => `${what}: ${named(drift[what])}`)
		.join('; ');
}
