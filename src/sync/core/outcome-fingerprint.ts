import { createHash } from 'node:crypto';
import type { RowOutcome } from '../../contract/sync-together.js';
import { canonical } from '../../kernel/core/same-value.js';

/** Longer values are cut: a preview shows what changes, and need not carry it. */
const LONGEST = 2_000;

/** A value as a preview shows it. */
export function shownValue(value: unknown): unknown {
	const text = typeof value === 'string' ? value : JSON.stringify(value);
	return text === undefined || text.length <= LONGEST ? value : `${text.slice(0, LONGEST)}…`;
}

/**
 * What a preview said, in short: as long as it is the same, doing it comes to what was shown. Sync ids of rows that were
 * never sent are made anew each time, and numbers are given when a row is written: neither counts.
 * @param keys of the rows that were sent, by sync id, as the sender calls them
 */
export function fingerprintOf(rows: readonly RowOutcome[], keys: ReadonlyMap<string, string>): string {
	const visible = rows.map(({ item, awaits = [], fields = [], decided = [], needs: _needs, ...row }) =>
		canonical({
			...row,
			item: row.action === 'create' ? null : item,
			awaits: byField(awaits),
			fields: byField(fields),
			decided: byField(decided),
		}).replace(SYNC_ID, (id) => keys.get(id) ?? id),
	);
	return createHash('sha256').update(visible.toSorted().join('\n')).digest('base64url').slice(0, 32);
}

/** Fields come in the order in which they were set, which is another one once an edit is planned. */
const byField = <Named extends { field: string }>(all: readonly Named[]): Named[] =>
	all.toSorted((a, b) => (a.field < b.field ? -1 : 1));

const SYNC_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
