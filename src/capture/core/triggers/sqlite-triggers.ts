import { ALL_ITEMS_WRITTEN as ALL, type EventName } from '../../../contract/vocabulary.js';
import {
	BY_TRIGGER,
	nameTrigger,
	quoteName,
	quoteText,
	WRITER_ROW,
	type Trigger,
	type TriggeredTable,
} from './trigger.js';

const OUTBOX = '"downstream_outbox"';
const NOW = "cast((julianday('now') - 2440587.5) * 86400000 as integer)";
const NOT_OURS = `not exists (select 1 from ${OUTBOX} where "id" = ${WRITER_ROW})`;

/**
 * SQLite refuses to drop a column that a trigger names, and has no error handling, so only the key is named. `REPLACE`
 * fires no delete trigger, so the replaced row is recorded before.
 */
export function sqliteTriggers({ collection, primary, isWatched }: TriggeredTable): Trigger[] {
	if (!isWatched) return [];
	const [table, key] = [quoteName(collection), quoteName(primary)];
	const record = (event: EventName, row: 'new' | 'old', where = ''): string =>
		`insert into ${OUTBOX} ("collection", "item", "event", "at", "source") select ${quoteText(collection)}, ${itemOf(`${row}.${key}`)}, '${event}', ${NOW}, '${BY_TRIGGER}'${where};`;
	const trigger = (what: string, when: string, condition: string, body: string): Trigger => {
		const rest = `${when} on ${table} for each row when ${condition} begin ${body} end`;
		const name = nameTrigger(what, collection, rest);
		return { table: collection, name, sql: `create trigger ${quoteName(name)} ${rest}` };
	};
	const isThere = `new.${key} is not null and exists (select 1 from ${table} where ${key} = new.${key})`;
	return [
		trigger('replace', 'before insert', `${isThere} and ${NOT_OURS}`, record('update', 'new')),
		trigger('insert', 'after insert', NOT_OURS, record('create', 'new')),
		trigger(
			'update',
			'after update',
			NOT_OURS,
			[
				record('update', 'new', ` where old.${key} is new.${key}`),
				record('delete', 'old', ` where old.${key} is not new.${key}`),
				record('create', 'new', ` where old.${key} is not new.${key}`),
			].join(' '),
		),
		trigger('delete', 'after delete', NOT_OURS, record('delete', 'old')),
	];
}

/** See `writtenItem`. */
const itemOf = (key: string) =>
	`case when ${key} like '%*' and replace(${key}, char(92), '') = '*' then char(92) || ${key} else coalesce(cast(${key} as text), '${ALL}') end`;
