import type { Row } from '../../kernel/core/row.js';
import { isRow } from '../../kernel/core/is-record.js';
import { fieldsOfFilter } from '../../kernel/filter/filter-fields.js';
import type { ItemChange } from '../../capture/core/item-change.js';
import { sameValue } from '../../kernel/core/same-value.js';
import { ALL_ITEMS, BUMPED, type EventName } from '../../contract/vocabulary.js';
import type { CompiledRule } from '../../capture/core/watch.js';
import type { Match } from '../../kernel/filter/match.js';

/** An earlier version of an item that the target may have shown. */
export interface Shown {
	row: Row;
	/** Whether it is known to have matched the rule's `when`; else its values are not for the target to see. */
	matched: boolean;
}

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
			shownBefore: Shown[];
			/** It passes "when", which it did not before. */
			began?: boolean;
	  };

/** What the database says of the item now. */
export interface Present {
	exists: boolean;
	/** Whether it passes the rule's `when` now; true where the rule has none. */
	matches: boolean;
	/** The same at the moment since which the clock is looked at (`ItemChange.passed`), with today's values. */
	matchedBefore: boolean;
	/** Its own columns, or null where it is gone. */
	row: Row | null;
}

/**
 * Whether the target may have shown these values of the item: whether they matched the rule's `when` by the time they
 * were replaced, or may have at an earlier one. `yes` only where they did at the end.
 * @param at when they were replaced, ms since 1970
 */
export type Judge = (row: Row, at: number) => Match;

const no = (reason: string): Decision => ({ send: false, reason });

/** Decides on a change of an item of the rule's own collection. */
export function decideOwn(compiled: CompiledRule, change: ItemChange, present: Present, judge: Judge): Decision {
	const { rule } = compiled;
	const wants = (event: EventName) => rule.events.includes(event);
	const { passed } = change;
	const shownBefore = change.before.flatMap((row, index): Shown[] => {
		const match = rule.when ? judge(row, change.replacedAt[index] ?? change.at) : 'yes';
		return match === 'no' ? [] : [{ row, matched: match === 'yes' }];
	});
	const shownByClock = passed !== null && present.row !== null && present.matchedBefore;
	if (shownByClock) shownBefore.push({ row: present.row as Row, matched: true });
	const maybeShown = shownBefore.length > 0 || (change.incomplete && change.existedBefore);

	if (change.item === ALL_ITEMS) {
		return wants('update')
			? {
					send: true,
					reason: change.whole ?? 'more items changed than are sent one by one',
					event: 'update',
					asItWas: false,
					shownBefore: [],
				}
			: no(unwanted('update'));
	}
	if (!present.exists) {
		if (passed !== null && !change.deleted && !change.updated) return no('the item is gone');
		if (!change.deleted)
			return no(
				change.before.length === 0 ? 'there is no such item' : 'the item is gone; its deletion is sent on its own',
			);
		if (!wants('delete')) return no(unwanted('delete'));
		if (!change.existedBefore && change.before.length === 0) return no('there was no such item');
		if (!maybeShown) return no('the deleted item did not match "when"');
		return { send: true, reason: 'the item was deleted', event: 'delete', asItWas: true, shownBefore };
	}
	if (!change.created && !change.deleted && isBumpOnly(compiled, change, present.row))
		return no('only what Directus itself keeps changed, such as when the user was last seen');
	const byClock = passed && `${passed.fields.join(', ')} ${passed.fields.length > 1 ? 'have' : 'has'} passed`;
	if (!present.matches) {
		if (!maybeShown) return no('the item does not match "when"');
		if (!wants('update')) return no(unwanted('update'));
		const sure = shownBefore.length > 0 && shownBefore.every(({ matched }) => matched) && !change.incomplete;
		return {
			send: true,
			reason: !sure
				? 'the item does not match "when", and may have before'
				: byClock && shownByClock
					? `${byClock}: the item stopped matching "when"`
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
	const began = rule.when !== undefined && !maybeShown && !created;
	const update = (reason: string): Decision => ({
		send: true,
		reason,
		event: 'update',
		asItWas: false,
		shownBefore,
		...(began ? { began } : {}),
	});
	if (byClock && !maybeShown) return update(`${byClock}: the item began to match "when"`);
	if (byClock && passed.fields.some((field) => rule.at?.includes(field))) return update(byClock);
	if (passed && !change.updated && !change.created) return no(`${byClock}, which changes nothing for this rule`);
	if (began) return update('the item began to match "when"');
	if (!rule.changed) return update('the item was updated');
	const changed = changedColumns(rule.changed, change, present.row);
	if (changed === 'unknown') return update('the item was updated, and its earlier values are not known');
	return changed.length > 0
		? update(`${changed.join(', ')} changed`)
		: no(`none of ${rule.changed.join(', ')} changed`);
}

/** Whether nothing changed but fields that Directus writes itself, and that the rule does not ask for by name. */
function isBumpOnly({ rule }: CompiledRule, change: ItemChange, present: Row | null): boolean {
	const bumped = BUMPED[rule.collection];
	if (!bumped || change.incomplete || !present || change.passed) return false;
	const named = [...rule.payload, ...(rule.changed ?? []), ...fieldsOfFilter(rule.when), ...(rule.at ?? [])];
	const templates = [...(rule.tags ?? []), ...(rule.paths ?? [])].join(' ');
	const ignored = bumped.filter((field) => !named.includes(field) && !templates.includes(field));
	const written = change.steps.map(({ fields }) => fields);
	if (written.every((fields) => fields !== null && fields.every((field) => ignored.includes(field)))) return true;
	const versions = [...change.before, present];
	const differing = Object.keys(present).filter((column) =>
		versions.some((version) => column in version && !sameValue(version[column], present[column])),
	);
	return written.includes(null) && differing.length > 0 && differing.every((column) => ignored.includes(column));
}

/**
 * Decides on an item that shows something that changed (`via`).
 * @param before whether the item matched the rule's `when` before what it shows changed
 */
export function decideShown(
	compiled: CompiledRule,
	via: { path: string },
	{ cause, causeNow }: { cause: ItemChange; causeNow: Row | null },
	present: Present,
	before: Match,
): Decision {
	const { rule } = compiled;
	const path = via.path.replaceAll('*', '');
	const what = `${cause.collection} ${cause.item}, shown through "${via.path}", was ${cause.deleted ? 'deleted' : cause.created ? 'created' : cause.passed && !cause.updated ? `changed by the clock (${cause.passed.fields.join(', ')})` : 'updated'}`;
	if (!present.exists) return no(`${what}, but the item that showed it is gone`);
	if (!rule.events.includes('update')) return no(unwanted('update'));
	const about = rule.changed?.filter((field) => field === path || field.startsWith(`${path}.`)) ?? [];
	const columns = about.map((field) => field.slice(path.length + 1));
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
	const decidesMatch = fieldsOfFilter(rule.when).includes(path.split('.')[0] ?? '');
	if (present.matches) {
		const shownBefore = present.row ? [{ row: present.row, matched: !decidesMatch || before === 'yes' }] : [];
		const began = decidesMatch && before === 'no' ? { began: true } : {};
		return { send: true, reason: what, event: 'update', asItWas: false, shownBefore, ...began };
	}
	if (!decidesMatch || before === 'no') return no('the item does not match "when"');
	return {
		send: true,
		reason:
			before === 'yes'
				? `${what}, and the item stopped matching "when"`
				: `${what}, and the item may have stopped matching "when"`,
		event: 'update',
		asItWas: true,
		shownBefore: present.row ? [{ row: present.row, matched: before === 'yes' }] : [],
	};
}

/** Which of these fields differ between any two versions of the item; `unknown` where a version is missing. */
function changedColumns(fields: string[], change: ItemChange, present: Row | null): string[] | 'unknown' {
	if (change.incomplete || change.created) return 'unknown';
	const versions = present ? [...change.before, present] : change.before;
	return fields.filter((field) => {
		const column = field.split('.')[0] ?? field;
		const within = field.split('.').slice(1);
		// Of a relation the column holds a key, which has nothing within.
		const values = versions
			.filter((version) => column in version)
			.map((version) => (isRow(version[column]) ? valueWithin(version[column], within) : version[column]));
		return values.some((value) => !sameValue(value, values[0]));
	});
}

const valueWithin = (value: unknown, way: string[]): unknown =>
	way.reduce((inner: unknown, step) => (isRow(inner) ? inner[step] : inner), value);

const unwanted = (event: EventName) => `the rule does not listen to ${event}`;
