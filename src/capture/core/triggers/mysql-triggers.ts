import { ALL_ITEMS_WRITTEN as ALL, type EventName } from '../../../contract/vocabulary.js';
import {
	BY_TRIGGER,
	hashOf,
	nameTrigger,
	WRITER_VARIABLE,
	type TriggerCascade,
	type ColumnForm,
	type Trigger,
	type TriggeredTable,
} from './trigger.js';

const OUTBOX = '`downstream_outbox`';
const COLUMNS = '(`collection`, `item`, `event`, `at`, `source`, `before`)';
const NOW = "timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(6)) div 1000";
const QUIETLY = 'declare continue handler for sqlexception begin end;';

const nameOf = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const textOf = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

/**
 * On MySQL a column that is dropped makes every write fail whose trigger names it of OLD or NEW: only the key is, and old
 * values are read from the table before the write, by a statement that may fail. What goes wrong inside is caught, table
 * by table. Rows that a foreign key deletes fire no triggers of theirs, so those of the row that they go along with look
 * for them first.
 * @param zone the time zone of Directus' sessions
 */
export function mysqlTriggers(
	{ collection, primary, isWatched, columns, along }: TriggeredTable,
	zone: string,
): Trigger[] {
	const trigger = (what: string, when: string, body: string): Trigger => {
		const rest = `${when} on ${nameOf(collection)} for each row begin ${QUIETLY} if ${WRITER_VARIABLE} is null then ${body} end if; end`;
		const name = nameTrigger(what, collection, rest);
		return { table: collection, name, sql: `create trigger ${nameOf(name)} ${rest}` };
	};
	// From one trigger to the next of the same row; no statement can write a table whose triggers are running.
	const before = `@downstream_before_${hashOf(collection)}`;
	const old = jsonOf(columns, primary, zone);
	const values = (event: EventName, row: 'new' | 'old') =>
		`${textOf(collection)}, ${keyOf(`${row}.${nameOf(primary)}`)}, '${event}', ${NOW}, '${BY_TRIGGER}', ${old === null || event === 'create' ? 'null' : before}`;
	// With a lock, since the transaction's snapshot could be older than the row.
	const read = `set ${before} = null; set ${before} = (select ${old} from ${nameOf(collection)} where ${nameOf(primary)} = old.${nameOf(primary)} lock in share mode);`;
	const record = (event: EventName, row: 'new' | 'old') =>
		`insert into ${OUTBOX} ${COLUMNS} values (${values(event, row)});`;
	const isSame = `old.${nameOf(primary)} <=> new.${nameOf(primary)}`;
	const either = (statement: string) => orElse(statement, whole(collection));
	const own = isWatched
		? [
				trigger('insert', 'after insert', either(record('create', 'new'))),
				trigger(
					'update',
					'after update',
					either(
						`if ${isSame} then ${record('update', 'new')} else ${record('delete', 'old')} ${record('create', 'new')} end if;`,
					),
				),
				trigger('delete', 'after delete', either(record('delete', 'old'))),
				...(old === null
					? []
					: [trigger('read_update', 'before update', read), trigger('read_delete', 'before delete', read)]),
			]
		: [];
	const looking = along.flatMap((cascade) => lookFor(cascade, `= old.${nameOf(primary)}`, zone));
	return looking.length === 0 ? own : [...own, trigger('along', 'before delete', looking.join(' '))];
}

/**
 * Keys have room for 255 characters; a longer one is not told apart, nor is one that would read as every item
 * (`writtenItem`): to write it otherwise would mix collations. Bytes have none.
 */
const keyOf = (key: string) =>
	`case when char_length(${key}) > 255 or replace(cast(${key} as binary), x'5C', '') = '${ALL}' then '${ALL}' else coalesce(cast(${key} as char), '${ALL}') end`;

/** The old values that rules need, in the form that the outbox keeps them in; null where there are none but the key. */
function jsonOf(columns: TriggeredTable['columns'], primary: string, zone: string): string | null {
	if (Object.keys(columns).every((column) => column === primary)) return null;
	const values = Object.entries(columns).map(
		([column, form]) => `${textOf(column)}, ${IN_FORM[form](nameOf(column), zone)}`,
	);
	return `json_object('columns', json_object(${values.join(', ')}))`;
}

/** No condition around them: MariaDB would take what comes out for text. */
const IN_FORM: Record<ColumnForm, (column: string, zone: string) => string> = {
	plain: (column) => column,
	json: (column) => `json_object('$value', ${column})`,
	text: (column) => `cast(${column} as char)`,
	// The driver reads what the session of Directus shows as a time of its process.
	instant: (column, zone) => localTime(`convert_tz(${column}, @@session.time_zone, ${textOf(zone)})`),
	local: (column) => localTime(column),
};

const localTime = (time: string) => `json_object('$local', date_format(${time}, '%Y-%m-%dT%H:%i:%s.%f'))`;

/** Records the rows that are deleted with this one, and those that are deleted with them. */
function lookFor(cascade: TriggerCascade, leadsTo: string, zone: string): string[] {
	const { collection, primary, columns, field, effect, isWatched, next, beyond } = cascade;
	const from = `from ${nameOf(collection)} where ${nameOf(field)} ${leadsTo}`;
	const event: EventName = effect === 'delete' ? 'delete' : 'update';
	const own = isWatched
		? [
				orElse(
					`insert into ${OUTBOX} ${COLUMNS} select ${textOf(collection)}, ${keyOf(nameOf(primary))}, '${event}', ${NOW}, '${BY_TRIGGER}', ${jsonOf(columns, primary, zone) ?? 'null'} ${from};`,
					whole(collection),
				),
			]
		: [];
	const further = beyond.map((name) => orElse(`if exists (select 1 ${from}) then ${whole(name)} end if;`, whole(name)));
	const deeper = next.flatMap((deep) => lookFor(deep, `in (select ${nameOf(primary)} ${from})`, zone));
	return [...own, ...deeper, ...further];
}

/** A statement that fails, because a table or column no longer exists, must not prevent the others. */
const orElse = (statement: string, otherwise: string): string =>
	`begin declare exit handler for sqlexception begin ${QUIETLY} ${otherwise} end; ${statement} end;`;

const whole = (collection: string) =>
	`insert into ${OUTBOX} ${COLUMNS} values (${textOf(collection)}, '${ALL}', 'update', ${NOW}, '${BY_TRIGGER}', null);`;
