import { ALL_ITEMS_WRITTEN as ALL } from '../../../contract/vocabulary.js';
import {
	BY_TRIGGER,
	hashOf,
	nameTrigger,
	quoteName,
	quoteText,
	TRIGGER_PREFIX,
	WRITER_SETTING,
	type Trigger,
	type TriggeredTable,
} from './trigger.js';

/** The beginning of the names of the functions that PostgreSQL's triggers call. */
export const FUNCTION_PREFIX = `${TRIGGER_PREFIX}record_`;

/** The item's key as the outbox writes it (`writtenItem`); a missing key, or one that is too long, means every item. */
const ITEM = `case when k like '%*' and replace(k, chr(92), '') = '*' then chr(92) || k when length(k) <= 255 then k else '${ALL}' end`;

/** Names no column, so that nothing fails when one is dropped or renamed. */
const body = (outbox: string) => `
declare
	at_ms bigint := floor(extract(epoch from clock_timestamp()) * 1000);
	wanted jsonb := nullif(TG_ARGV[2], '')::jsonb;
begin
	if current_setting('${WRITER_SETTING}', true) = 'on' then return null; end if;
	if TG_OP = 'INSERT' then
		insert into ${outbox} (collection, item, event, at, source)
		select TG_ARGV[0], ${ITEM}, case when length(k) <= 255 then 'create' else 'update' end, at_ms, '${BY_TRIGGER}'
		from (select to_jsonb(r) ->> TG_ARGV[1] as k from new_rows r) new_keys;
	elsif TG_OP = 'TRUNCATE' then
		insert into ${outbox} (collection, item, event, at, source)
		values (TG_ARGV[0], '${ALL}', 'update', at_ms, '${BY_TRIGGER}');
	else
		if TG_OP = 'DELETE' then
			insert into ${outbox} (collection, item, event, at, source, before)
			select TG_ARGV[0], ${ITEM}, case when length(k) <= 255 then 'delete' else 'update' end, at_ms, '${BY_TRIGGER}', ${before('j')}
			from (select to_jsonb(r) as j, to_jsonb(r) ->> TG_ARGV[1] as k from old_rows r) gone;
		else
			insert into ${outbox} (collection, item, event, at, source, before)
			select TG_ARGV[0], ${ITEM}, case when length(k) <= 255 then event else 'update' end, at_ms, '${BY_TRIGGER}', ${before('j')}
			from (
				select coalesce(o.k, n.k) as k, o.j,
					case when o.k is null then 'create' when n.k is null then 'delete' else 'update' end as event
				from (select to_jsonb(r) as j, to_jsonb(r) ->> TG_ARGV[1] as k from old_rows r) o
				full join (select to_jsonb(r) ->> TG_ARGV[1] as k from new_rows r) n on n.k = o.k
			) changed;
		end if;
	end if;
	return null;
exception when others then
	begin
		insert into ${outbox} (collection, item, event, at, source)
		values (TG_ARGV[0], '${ALL}', 'update', at_ms, '${BY_TRIGGER}');
	exception when others then
		raise warning 'Downstream could not record a change of %: %', TG_ARGV[0], sqlerrm;
	end;
	return null;
end
`;

/** The old values that rules need, in the form that the outbox keeps them in. */
const before = (
	row: string,
) => `case when wanted is null or ${row} is null then null else jsonb_build_object('columns', (
				select jsonb_object_agg(key, case
					when jsonb_typeof(${row} -> key) = 'null' then ${row} -> key
					when value = 'json' then jsonb_build_object('$value', ${row} -> key)
					when value = 'text' then to_jsonb(${row} ->> key)
					when value = 'instant' then jsonb_build_object('$date', floor(extract(epoch from (${row} ->> key)::timestamptz) * 1000))
					when value = 'local' then jsonb_build_object('$local', ${row} ->> key)
					else ${row} -> key
				end)
				from jsonb_each_text(wanted) where jsonb_exists(${row}, key)
			))::text end`;

export interface RecordingFunction {
	name: string;
	/** Runs with the rights of its owner, so that writers need none on the outbox. */
	sql: string;
}

/**
 * The one function behind all triggers of a database.
 * @param schema where the outbox is
 */
export function recordingFunction(schema: string): RecordingFunction {
	const text = body(`${quoteName(schema)}.downstream_outbox`);
	const name = `${FUNCTION_PREFIX}${hashOf(text)}`;
	return {
		name,
		sql: `create or replace function ${quoteName(schema)}.${name}() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $downstream$${text}$downstream$`,
	};
}

/** Runs once per statement, with all rows: a thousand rows cost one call. */
export function postgresTriggers(
	{ collection, primary, isWatched, columns }: TriggeredTable,
	schema: string,
): Trigger[] {
	if (!isWatched) return [];
	const call = `${quoteName(schema)}.${recordingFunction(schema).name}`;
	const wanted = Object.keys(columns).some((column) => column !== primary) ? JSON.stringify(columns) : '';
	const given = [collection, primary, wanted].map(literal).join(', ');
	const trigger = (what: string, rows: string): Trigger => {
		const rest = `after ${what} on ${quoteName(collection)} ${rows}for each statement execute function ${call}(${given})`;
		const name = nameTrigger(what, collection, rest);
		return { table: collection, name, sql: `create trigger ${quoteName(name)} ${rest}` };
	};
	return [
		trigger('insert', 'referencing new table as new_rows '),
		trigger('update', 'referencing old table as old_rows new table as new_rows '),
		trigger('delete', 'referencing old table as old_rows '),
		trigger('truncate', ''),
	];
}

const literal = (value: string) =>
	value.includes('\\') ? `E${quoteText(value.replaceAll('\\', '\\\\'))}` : quoteText(value);
