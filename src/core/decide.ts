import { matchFilter, type Match } from './filter.js';
import type { ItemChange, Row } from './item-change.js';
import { sameValue } from './same-value.js';
import { ALL_ITEMS, type EventName } from './vocabulary.js';
import { fieldsOfFilter, type CompiledRule } from './watch.js';

/** Whether a change is sent to a target by a rule, and why or why not, in a sentence for people. */
export type Decision =
	| { send: false; reason: string }
	| {
			send: true;
			reason: string;
			event: EventName;
			/** The item stopped matching or is gone: it is sent as it was, and its present values are not. */
			asItWas: boolean;
			/** Its versions that the target may have shown, oldest first. */
			shownBefore: Row[];
	  };

/** What the database says of the item now. */
export interface Present {
	exists: boolean;
	/** Whether it passes the rule's `when` now; true where the rule has none. */
	matches: boolean;
	/** Its own columns, or null where it is gone. */
	row: Row | null;
}

const no = (reason: string): Decision => ({ send: false, reason });

/** Decides on a change of the rule's own item (contract §3). */
export function decideOwn(compiled: CompiledRule, change: ItemChange, present: Present, now: number): Decision {
	const { rule } = compiled;
	const wants = (event: EventName) => rule.events.includes(event);
	const matched = change.before.map((row) => ({
		row,
		match: rule.when ? matchFilter(rule.when, row, now) : ('yes' as Match),
	}));
	const shownBefore = matched.filter(({ match }) => match !== 'no').map(({ row }) => row);
	const maybeShown = shownBefore.length > 0 || (change.incomplete && change.existedBefore);

	if (change.item === ALL_ITEMS) {
		return wants('update')
			? {
					send: true,
					reason: 'more items changed than are sent one by one',
					event: 'update',
					asItWas: false,
					shownBefore: [],
				}
			: no(unwanted('update'));
	}
	if (!present.exists) {
		if (!change.deleted)
			return no(
				change.before.length === 0 ? 'there is no such item' : 'the item is gone; its deletion is sent on its own',
			);
		if (!wants('delete')) return no(unwanted('delete'));
		if (!change.existedBefore && change.before.length === 0) return no('there was no such item');
		if (!maybeShown) return no('the deleted item did not match "when"');
		return { send: true, reason: 'the item was deleted', event: 'delete', asItWas: true, shownBefore };
	}
	if (!present.matches) {
		if (!maybeShown) return no('the item does not match "when"');
		if (!wants('update')) return no(unwanted('update'));
		return {
			send: true,
			reason: change.incomplete
				? 'the item does not match "when", and may have before'
				: 'the item stopped matching "when"',
			event: 'update',
			asItWas: true,
			shownBefore,
		};
	}
	const created = change.created && !change.existedBefore;
	if (created && wants('create'))
		return { send: true, reason: 'the item was created', event: 'create', asItWas: false, shownBefore };
	if (created && !change.updated) return no(unwanted('create'));
	if (!wants('update')) return no(unwanted('update'));
	const update = (reason: string): Decision => ({ send: true, reason, event: 'update', asItWas: false, shownBefore });
	if (rule.when && !maybeShown && !created) return update('the item began to match "when"');
	if (!rule.changed) return update('the item was updated');
	const changed = changedColumns(rule.changed, change, present.row);
	if (changed === 'unknown') return update('the item was updated, and its earlier values are not known');
	return changed.length > 0
		? update(`${changed.join(', ')} changed`)
		: no(`none of ${rule.changed.join(', ')} changed`);
}

/** Decides on an item that shows something that changed (`via`). */
export function decideShown(
	compiled: CompiledRule,
	via: { path: string },
	cause: ItemChange,
	causeNow: Row | null,
	present: Present,
): Decision {
	const { rule } = compiled;
	const what = `${cause.collection} ${cause.item}, shown through "${via.path}", was ${cause.deleted ? 'deleted' : cause.created ? 'created' : 'updated'}`;
	if (!present.exists) return no(`${what}, but the item that showed it is gone`);
	if (!rule.events.includes('update')) return no(unwanted('update'));
	const about = rule.changed?.filter((field) => field === via.path || field.startsWith(`${via.path}.`)) ?? [];
	const columns = about.map((field) => field.slice(via.path.length + 1));
	if (
		about.length > 0 &&
		columns.every((column) => column !== '' && !column.includes('.')) &&
		cause.updated &&
		!cause.created &&
		!cause.deleted
	) {
		const changed = changedColumns(columns, cause, causeNow);
		if (changed !== 'unknown' && changed.length === 0) return no(`${what}, but none of ${about.join(', ')} changed`);
	}
	if (present.matches) return { send: true, reason: what, event: 'update', asItWas: false, shownBefore: [] };
	const decidesMatch = fieldsOfFilter(rule.when).includes(via.path.split('.')[0] ?? '');
	return decidesMatch
		? {
				send: true,
				reason: `${what}, and the item may have stopped matching "when"`,
				event: 'update',
				asItWas: true,
				shownBefore: [],
			}
		: no('the item does not match "when"');
}

/** Which of these fields differ between any two versions of the item; `unknown` where a version is missing. */
function changedColumns(fields: string[], change: ItemChange, present: Row | null): string[] | 'unknown' {
	if (change.incomplete || change.created) return 'unknown';
	const versions = present ? [...change.before, present] : change.before;
	return fields.filter((field) => {
		const column = field.split('.')[0] ?? field;
		const values = versions.filter((version) => column in version).map((version) => version[column]);
		return values.some((value) => !sameValue(value, values[0]));
	});
}

const unwanted = (event: EventName) => `the rule does not listen to ${event}`;
