import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startReceiver } from '../kit/receiver.js';
import { withClockOff } from './fake-time.js';

const FIELDS = ['on_date', 'on_datetime', 'on_timestamp'] as const;
type Field = (typeof FIELDS)[number];
const DAY = 86_400_000;
/** The clock is looked at each second, and what is found is planned and sent. */
const LATE_MS = 3_000;

interface Moment {
	field: Field;
	value: string;
	/** When Directus' own filter first said that it has passed, and when we sent it; by the true clock. */
	passedAt: number | null;
	sentAt: number[];
}

/**
 * A Directus in a time zone of its own, whose clock may be wrong, and what it makes of moments that pass, of retries and
 * of a node that dies. What a moment means is what Directus' filter by `$NOW` says.
 */
export async function checkClock({
	version,
	database,
	zone,
	off,
}: {
	version: DirectusVersion;
	database: DatabaseKind;
	zone: string;
	/** How far its clock is ahead, in ms. */
	off: number;
}): Promise<{ wrong: string[]; figures: Record<string, number> }> {
	const wrong: string[] = [];
	const figures: Record<string, number> = {};
	let refusals = 1;
	const receiver = await startReceiver({
		respond: ({ path }) => ({ status: path === '/retry' && (refusals -= 1) >= 0 ? 503 : 200 }),
	});
	const directus = await startDirectus({
		version,
		database,
		env: { TZ: zone, ...(off === 0 ? {} : withClockOff(off)) },
	});
	/** By the clock that counts: SQLite's is the process' own. */
	const now = () => Date.now() + (database === 'sqlite' ? off : 0);
	try {
		const told = Date.parse((await fetch(`${directus.url}/server/ping`)).headers.get('date') ?? '');
		if (Math.abs(told - Date.now() - off) > 5_000) wrong.push(`its clock is ${told - Date.now()} ms ahead`);
		await prepare(directus, receiver.url);
		await dates();
		await moments();
		await retries();
		if (database !== 'sqlite' && off !== 0) await dyingNode();
	} finally {
		await directus.stop();
		await receiver.stop();
	}
	return { wrong, figures };

	function sent(): { id: number; at: number }[] {
		const requests = receiver.requests.filter(({ path }) => path === '/moments');
		return requests.flatMap(({ json, at }) =>
			(json as { fields: { id: number } }[]).map(({ fields }) => ({ id: fields.id, at })),
		);
	}

	async function make(field: Field, values: string[]): Promise<Map<number, Moment>> {
		const rows = await directus.data<{ id: number }[]>(
			'POST',
			'/items/moments',
			values.map((value) => ({ [field]: value })),
		);
		return new Map(
			rows.map(({ id }, index) => [id, { field, value: values[index] ?? '', passedAt: null, sentAt: [] }]),
		);
	}

	async function matching(field: Field, filter: Record<string, string>): Promise<Set<number>> {
		const query = encodeURIComponent(JSON.stringify({ [field]: filter }));
		const rows = await directus.data<{ id: number }[]>('GET', `/items/moments?limit=-1&fields=id&filter=${query}`);
		return new Set(rows.map(({ id }) => id));
	}

	/** No test waits for midnight: what is known to have been looked through is put back by a day and two hours. */
	async function dates(): Promise<void> {
		const day = (offset: number) => new Date(now() + offset * DAY).toISOString().slice(0, 10);
		const made = await make('on_date', [-3, -2, -1, 0, 1, 2].map(day));
		await pause(2_500);
		receiver.clear();
		const key = directus.sql('downstream_meta').where('key', 'like', 'clock:%');
		for (const row of (await key.clone().select('key', 'value')) as { key: string; value: string }[])
			await directus
				.sql('downstream_meta')
				.where({ key: row.key })
				.update({ value: String(Number(row.value) - DAY - 7_200_000) });
		await pause(5_000);
		const passed =
			off === 0 || database === 'sqlite' ? await matching('on_date', { _gt: '$NOW(-26 hours)', _lte: '$NOW' }) : null;
		for (const [id, { value }] of made) {
			const times = sent().filter((one) => one.id === id).length;
			if (times > 1 || (passed && times !== (passed.has(id) ? 1 : 0)))
				wrong.push(`the date ${value} was sent ${times} times, and ${passed?.has(id) ? 'has' : 'has not'} passed`);
		}
		figures['dates'] = sent().length;
	}

	async function moments(): Promise<void> {
		const soon = Math.ceil(now() / 1_000) * 1_000 + 6_000;
		const iso = (at: number) => new Date(at).toISOString();
		/** As clocks show it there, and as they show it in UTC: which of the two is meant, the filter says. */
		const there = (at: number) => new Date(at).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T');
		const all = new Map([
			...(await make('on_timestamp', [iso(soon), iso(soon + 2_000), iso(soon + DAY)])),
			...(await make('on_datetime', [there(soon), iso(soon).slice(0, 19), there(soon + 2_000), there(soon + DAY)])),
		]);
		const began = Date.now();
		const before = new Set<number>();
		while (Date.now() - began < 14_000) {
			for (const field of ['on_timestamp', 'on_datetime'] as const)
				for (const id of await matching(field, { _lte: '$NOW' })) {
					const moment = all.get(id);
					if (moment && moment.passedAt === null) moment.passedAt = Date.now();
					if (Date.now() - began < 2_000) before.add(id);
				}
			await pause(150);
		}
		let latest = 0;
		for (const [id, moment] of all) {
			moment.sentAt = sent().flatMap((one) => (one.id === id ? [one.at] : []));
			const what = `${moment.field} ${moment.value}`;
			if (moment.sentAt.length > 1) wrong.push(`${what} was sent ${moment.sentAt.length} times`);
			const [at] = moment.sentAt;
			if (off !== 0 && database !== 'sqlite') {
				// Directus' filter goes by the wrong clock; a moment with a zone passes when it does.
				const due = moment.field === 'on_timestamp' ? Date.parse(moment.value) : null;
				if (due === null) continue;
				if (due - began < 12_000 ? at === undefined || at < due || at > due + LATE_MS : at !== undefined)
					wrong.push(`${what} was sent at ${at === undefined ? 'no time' : iso(at)}`);
				else latest = Math.max(latest, (at ?? due) - due);
			} else if (!before.has(id)) {
				if ((at === undefined) !== (moment.passedAt === null))
					wrong.push(
						`${what} was ${at === undefined ? 'not ' : ''}sent, and had ${moment.passedAt === null ? 'not ' : ''}passed`,
					);
				else if (at !== undefined && moment.passedAt !== null) {
					if (Math.abs(at - moment.passedAt) > LATE_MS)
						wrong.push(`${what} was sent ${at - moment.passedAt} ms after it passed`);
					latest = Math.max(latest, at - moment.passedAt);
				}
			}
		}
		figures['moments'] = [...all.values()].filter(({ sentAt }) => sentAt.length > 0).length;
		figures['latest_ms'] = latest;
	}

	async function retries(): Promise<void> {
		await directus.request('POST', '/items/retried', { title: 'again' });
		const asked = () => receiver.requests.filter(({ path }) => path === '/retry');
		for (const end = Date.now() + 15_000; asked().length < 2 && Date.now() < end;) await pause(50);
		const [first, second] = asked();
		if (!second) wrong.push('what was refused was not tried again within 15 s');
		else figures['retry_ms'] = second.at - (first?.at ?? 0);
	}

	/** The node whose clock is wrong dies with all its leases; another one, whose clock is right, goes on. */
	async function dyingNode(): Promise<void> {
		const other = await startDirectus({ version, database, nodeOf: directus, env: { TZ: 'UTC' } });
		try {
			await directus.request('POST', '/items/retried', { title: 'before' });
			await directus.kill9();
			const killed = Date.now();
			receiver.clear();
			await other.request('POST', '/items/retried', { title: 'after' });
			const isSent = () => receiver.requests.some(({ body }) => body.includes('after'));
			while (!isSent() && Date.now() - killed < 45_000) await pause(100);
			if (!isSent()) wrong.push('nothing is sent any more after the node with the wrong clock has died');
			figures['taken_over_ms'] = Date.now() - killed;
		} finally {
			await other.stop();
		}
	}
}

async function prepare(directus: Directus, url: string): Promise<void> {
	const key = { field: 'id', type: 'integer', meta: {}, schema: { is_primary_key: true, has_auto_increment: true } };
	const types: Record<Field, string> = { on_date: 'date', on_datetime: 'dateTime', on_timestamp: 'timestamp' };
	const dated = Object.entries(types).map(([field, type]) => ({ field, type, meta: {}, schema: {} }));
	await directus.request('POST', '/collections', {
		collection: 'moments',
		meta: {},
		schema: {},
		fields: [key, ...dated],
	});
	const title = { field: 'title', type: 'string', meta: {}, schema: {} };
	await directus.request('POST', '/collections', { collection: 'retried', meta: {}, schema: {}, fields: [key, title] });
	const options = { max_wait_ms: 0, retry: { tries: 5, min_ms: 1_000, max_ms: 2_000 } };
	await directus.request('POST', '/items/cache_flush_targets', [
		{
			name: 'Moments',
			status: 'published',
			url: `${url}/moments`,
			schema: [{ collection: 'moments', events: ['update'], payload: ['id'], at: FIELDS }],
			options,
		},
		{
			name: 'Retry',
			status: 'published',
			url: `${url}/retry`,
			schema: [{ collection: 'retried', events: ['create'], payload: ['title'] }],
			options,
		},
	]);
	await pause(3_000);
}
