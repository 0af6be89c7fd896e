import type { Knex } from 'knex';
import type { DatabaseKind } from '../kit/database-servers.js';
import type { ReceivedRequest } from '../kit/receiver.js';

/** The collections that the chaos writes to, and the field of each that tells one write from every other. */
export const WATCHED = { posts: 'title', articles: 'title', authors: 'name', comments: 'text' } as const;

/** One committed write, as a trigger of the database recorded it in the same transaction. */
interface Committed {
	collection: string;
	item: string;
	event: 'create' | 'update' | 'delete';
	value: string | null;
}

/**
 * Has the database itself keep a ledger of what is committed, by triggers that Directus and the extension know nothing
 * of: what is in it happened, what is not did not, whatever was answered or killed in between.
 */
export async function keepLedger(sql: Knex, database: DatabaseKind): Promise<void> {
	await sql.schema.createTable('chaos_ledger', (table) => {
		table.increments('id');
		for (const column of ['collection', 'item', 'event', 'value']) table.string(column);
	});
	for (const [collection, field] of Object.entries(WATCHED)) {
		const row = (event: string, side: 'NEW' | 'OLD') =>
			`INSERT INTO chaos_ledger (collection, item, event, value) VALUES ('${collection}', ${side}.id, '${event}', ${side}.${field});`;
		const events = [
			['INSERT', row('create', 'NEW')],
			['UPDATE', row('update', 'NEW')],
			['DELETE', row('delete', 'OLD')],
		] as const;
		for (const [when, insert] of events) {
			const name = `chaos_${collection}_${when.toLowerCase()}`;
			if (database === 'sqlite') {
				await sql.raw(`CREATE TRIGGER ${name} AFTER ${when} ON ${collection} BEGIN ${insert} END`);
				continue;
			}
			await sql.raw(
				`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${insert} RETURN NULL; END $$`,
			);
			await sql.raw(`CREATE TRIGGER ${name} AFTER ${when} ON ${collection} FOR EACH ROW EXECUTE FUNCTION ${name}()`);
		}
	}
}

export const readLedger = (sql: Knex): Promise<Committed[]> =>
	sql('chaos_ledger').select<Committed[]>('collection', 'item', 'event', 'value').orderBy('id');

/** A request that reached the receiver, and what it answered. */
export interface Heard {
	request: ReceivedRequest;
	accepted: boolean;
}

/** What a comparison of the ledger with what the receiver heard came to: each list empty, if all is well. */
export interface Judgement {
	committed: number;
	requests: number;
	deliveries: number;
	lost: string[];
	/** Told of the last state, and after that of an older one. */
	older: string[];
	phantom: string[];
	doubled: string[];
	/** Requests sent again because a kill came between the answer and its record: allowed, and counted. */
	repeated: number;
}

interface SentChange {
	collection: string;
	event: string;
	fields: Record<string, unknown>;
}

/**
 * How many requests may be answered after one whose answer the kill leaves unwritten: what is sent at once, twice over.
 * Counted and not timed, since whatever holds up the writing (SQLite's only connection is the editors' too) holds up the
 * sending.
 */
const IN_FLIGHT = 16;

/** How much later than it was sent a request may be read here, in ms: it may be in the socket when its sender is killed. */
const UNREAD = 1_000;

/** Compares what was committed with what was delivered. */
export function judge(ledger: Committed[], heard: Heard[], kills: number[]): Judgement {
	const key = ({ collection, item }: { collection: string; item: unknown }) => `${collection}/${String(item)}`;
	const last = new Map(ledger.map((row) => [key(row), row]));
	const values = new Set(ledger.map((row) => `${key(row)}=${row.value}`));
	const deleted = new Set(ledger.filter(({ event }) => event === 'delete').map(key));
	const writes = counted(ledger.map(key));

	const told = new Map<string, { change: SentChange; webhook: string }[]>();
	const phantom: string[] = [];
	for (const { request, accepted } of heard) {
		const webhook = request.headers['webhook-id'] ?? '';
		for (const change of request.json as SentChange[]) {
			const name = key({ collection: change.collection, item: change.fields['id'] });
			const value = change.fields[WATCHED[change.collection as keyof typeof WATCHED]];
			// Of an item that is gone by the time it is read, only the key is told.
			const written = value === undefined ? deleted.has(name) : values.has(`${name}=${String(value)}`);
			const real = change.event === 'delete' ? deleted.has(name) : written;
			if (!real) phantom.push(`${change.event} of ${name} (${String(value)})`);
			if (accepted) told.set(name, [...(told.get(name) ?? []), { change, webhook }]);
		}
	}

	const wrong = [...last].flatMap(([name, row]) => {
		const all = told.get(name) ?? [];
		if (isLastState(row, all.at(-1)?.change)) return [];
		const line = `${row.event} of ${name} (${row.value}); last told: ${JSON.stringify(all.at(-1)?.change ?? 'nothing')}${historyOf(name, { ledger, heard, kills })}`;
		return [{ line, wasTold: all.some(({ change }) => isLastState(row, change)) }];
	});
	const lost = wrong.filter(({ wasTold }) => !wasTold).map(({ line }) => line);
	const older = wrong.filter(({ wasTold }) => wasTold).map(({ line }) => line);

	const doubled = [...told].flatMap(([name, times]) => {
		const ids = new Set(times.map(({ webhook }) => webhook)).size;
		const written = writes.get(name) ?? 0;
		return ids > written ? [`${name}: told under ${ids} ids, written ${written} times`] : [];
	});
	const acceptedAt = new Map<string, number>();
	let repeated = 0;
	for (const { request, accepted } of heard) {
		if (!accepted) continue;
		const id = request.headers['webhook-id'] ?? '';
		const first = acceptedAt.get(id);
		acceptedAt.set(id, request.at);
		if (first === undefined) continue;
		repeated++;
		const killed = kills.find((at) => at >= first - UNREAD && at <= request.at);
		const after = heard.filter((other) => other.request.at > first && other.request.at < (killed ?? 0)).length;
		if (killed !== undefined && after <= IN_FLIGHT) continue;
		const between = killed === undefined ? 'no kill' : `${after} requests and then a kill`;
		doubled.push(`${id}: accepted, and sent again ${request.at - first} ms later, with ${between} in between`);
	}
	const deliveries = [...told.values()].flat().length;
	return { committed: ledger.length, requests: heard.length, deliveries, lost, older, phantom, doubled, repeated };
}

/** What was written of an item, and what was told of it, in their orders. */
function historyOf(
	name: string,
	{ ledger, heard, kills }: { ledger: Committed[]; heard: Heard[]; kills: number[] },
): string {
	const written = ledger
		.filter(({ collection, item }) => `${collection}/${item}` === name)
		.map(({ event, value }) => `written: ${event} ${value}`);
	const told = heard.flatMap(({ request, accepted }) =>
		(request.json as SentChange[])
			.filter(({ collection, fields }) => `${collection}/${String(fields['id'])}` === name)
			.map((change) => {
				const { at, headers } = request;
				const accident = kills.findLast((kill) => kill <= at);
				return `told at ${at}, ${at - (accident ?? at)} ms after the last accident, ${headers['webhook-id']}, ${accepted ? 'accepted' : 'refused'}: ${JSON.stringify(change)}`;
			}),
	);
	return [...written, ...told].map((line) => `\n    ${line}`).join('');
}

const isLastState = (row: Committed, change: SentChange | undefined) =>
	row.event === 'delete'
		? change?.event === 'delete'
		: change !== undefined && change.event !== 'delete' && change.fields[fieldOf(row)] === row.value;

const fieldOf = ({ collection }: Committed) => WATCHED[collection as keyof typeof WATCHED];

function counted(names: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return counts;
}
