import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { BeforeValues, Glimpse } from './before-values.js';
import type { NewChange } from './new-change.js';
import type { Note } from './noted-writes.js';

/** Joins consecutive writes of one item. */
interface Joined extends Note {
	glimpse: Glimpse | null;
}

/**
 * Changes to record of what was seen in statements only, in their order. Updates of an item that follow each other, or its
 * creation, are one change: with the oldest values, and with all fields.
 */
export function changesOfNotes(
	notes: readonly Note[],
	glimpses: BeforeValues,
	changesOf: (write: Omit<NewChange, 'at' | 'before'>, glimpse: Glimpse | null) => NewChange[],
): NewChange[] {
	const latest = new Map<string, Joined>();
	const joined: Joined[] = [];
	for (const note of notes) {
		const place = `${note.collection}\u0000${note.item}`;
		const known = latest.get(place);
		// A hook may have read it for this write, or for one that was refused; whichever is older is not forgotten.
		const hooked =
			note.event !== 'create' && note.item !== ALL_ITEMS ? glimpses.take(note.collection, note.item, note.event) : null;
		const glimpse = note.glimpse ?? hooked;
		if (known && note.event === 'update' && known.event !== 'delete') {
			known.fields = known.fields && note.fields && [...new Set([...known.fields, ...note.fields])];
			if (known.event === 'update') known.glimpse ??= glimpse;
			if (note.item === ALL_ITEMS && known.glimpse?.victims.length === 0) known.glimpse = glimpse;
			continue;
		}
		const one = { ...note, glimpse };
		latest.set(place, one);
		joined.push(one);
	}
	return joined.flatMap(({ collection, item, event, fields, glimpse }) => {
		const write = { collection, item, event, user: glimpse?.user ?? null, fields, source: 'statement' as const };
		const changes = changesOf(write, glimpse);
		const victims =
			item === ALL_ITEMS ? (glimpse?.victims ?? []).map((victim) => ({ ...victim, at: changes[0]?.at ?? 0 })) : [];
		return [...changes, ...victims];
	});
}
