import { until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { CONTESTANTS, type Contestant } from './contestants.js';
import { forgetPeakMemory, peakMemoryOf, preciseCpuOf, untilIdle } from './process-cost.js';
import { median, rounded } from './statistics.js';

type Keys = (string | number)[];

/** One way to write many items with one request. */
interface Door {
	name: string;
	/** @param keys of the items that are there; a door that makes items returns theirs */
	write(contestant: Contestant, collection: string, count: number, keys: Keys): Promise<Keys | void>;
}

interface Sample {
	seconds: number;
	/** CPU of the process until the answer, in seconds. */
	cpu: number;
	/** The most memory that the process held until the answer, in MiB. */
	peak: number;
}

const TARGETS = 10;

/** Kinds of writes: of which collection, and whether a target was saved right before. Of `notrack` Directus keeps no activity. */
const KINDS: Record<string, { collection: string; stale: boolean; title: string }> = {
	tracked: { collection: 'posts', stale: false, title: 'tracked' },
	stale: { collection: 'posts', stale: true, title: 'tracked, right after a target was saved' },
	untracked: { collection: 'notrack', stale: false, title: 'not tracked' },
};

const DOORS: Door[] = [
	{
		name: 'POST of an array',
		async write({ directus }, collection, count) {
			const body = Array.from({ length: count }, () => values(collection));
			const items = await directus.data<{ id: number }[]>('POST', `/items/${collection}?fields=id&limit=-1`, body);
			return items.map(({ id }) => id);
		},
	},
	{
		name: 'PATCH of keys',
		write: ({ directus }, collection, _count, keys) =>
			directus.request('PATCH', `/items/${collection}?fields=id&limit=1`, { keys, data: values(collection) }),
	},
	{
		name: 'PATCH of an array',
		write: ({ directus }, collection, _count, keys) =>
			directus.request(
				'PATCH',
				`/items/${collection}?fields=id&limit=1`,
				keys.map((id) => ({ id, ...values(collection) })),
			),
	},
	{
		name: 'PATCH by query',
		write: ({ directus }, collection) =>
			directus.request('PATCH', `/items/${collection}?fields=id&limit=1`, {
				query: { filter: { id: { _nnull: true } }, limit: -1 },
				data: values(collection),
			}),
	},
	{
		name: 'JSON import',
		async write(contestant, collection, count) {
			const body = new FormData();
			const rows = Array.from({ length: count }, () => values(collection));
			body.append('file', new Blob([JSON.stringify(rows)], { type: 'application/json' }), 'rows.json');
			const { url, token } = contestant.directus;
			const answer = await fetch(`${url}/utils/import/${collection}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${token}` },
				body,
			});
			if (!answer.ok) throw new Error(`the import was answered ${answer.status}: ${await answer.text()}`);
		},
	},
	{
		name: 'DELETE of keys',
		write: ({ directus }, collection, _count, keys) => directus.request('DELETE', `/items/${collection}`, keys),
	},
	{
		name: 'DELETE by query',
		write: ({ directus }, collection) =>
			directus.request('DELETE', `/items/${collection}`, {
				query: { filter: { id: { _nnull: true } }, limit: -1 },
			}),
	},
];

/**
 * Many items written by one request, through each of Directus' ways to do that: time and peak memory beside no
 * extension, of so many items and of a quarter of them, which shows whether either grows faster than the number.
 */
export async function bulk({ contestants, database, report, sink, quick, items, kinds }: Bench): Promise<void> {
	const all = await contestants.all(['none', 'ours']);
	const rounds = quick ? 1 : 3;
	for (const kind of kinds ?? Object.keys(KINDS)) {
		const { collection, stale, title } = KINDS[kind] ?? {};
		if (collection === undefined) throw new Error(`"${kind}" is no kind; there are ${Object.keys(KINDS)}.`);
		const samples = new Map<string, Sample[]>();
		const name = (contestant: Contestant, door: Door, count: number) => `${contestant.name}/${door.name}/${count}`;
		for (const contestant of all) await aim(contestant, collection, sink.url);
		for (let round = 0; round < rounds; round++) {
			for (const count of [items / 4, items]) {
				const turn = round % 2 === 0 ? all : all.toReversed();
				for (const contestant of turn) {
					let keys: Keys = [];
					for (const door of DOORS) {
						await startFresh(contestant, collection);
						if (stale) await touchTarget(contestant);
						const sample = await measure(contestant, async () => {
							const made: unknown = await door.write(contestant, collection, count, keys);
							if (Array.isArray(made)) keys = made as Keys;
						});
						const place = name(contestant, door, count);
						samples.set(place, [...(samples.get(place) ?? []), sample]);
					}
				}
			}
			await sink.clear();
		}
		for (const door of DOORS) {
			const of = (contestant: Contestant, count: number, what: keyof Sample) =>
				median((samples.get(name(contestant, door, count)) ?? []).map((sample) => sample[what]));
			const [none, ours] = all;
			if (!none || !ours) return;
			for (const contestant of all) {
				const ratio = (what: keyof Sample) => of(contestant, items, what) / of(none, items, what);
				const growth = of(contestant, items, 'seconds') / of(contestant, items / 4, 'seconds');
				const bar = {
					text: 'time and memory ≤ 1.5 ×',
					reached: ratio('seconds') <= 1.5 && ratio('peak') <= 1.5,
				};
				report.add({
					scenario: 'bulk',
					database,
					measure: `${door.name}, ${items} items, ${title}`,
					contestant: CONTESTANTS[contestant.name],
					values: {
						s: rounded(of(contestant, items, 'seconds')),
						'×': rounded(ratio('seconds')),
						'CPU ×': rounded(ratio('cpu')),
						'peak MiB': Math.round(of(contestant, items, 'peak')),
						'× ': rounded(ratio('peak')),
						'4 × the items take': `${rounded(growth)} ×`,
					},
					...(contestant === ours ? { bar } : {}),
				});
			}
		}
	}
}

const pidOf = ({ directus }: Contestant) => directus.process.pid ?? 0;

const values = (collection: string) => (collection === 'posts' ? freshValues() : { name: freshValues().title });

/** Until the answer: what is sent after it is measured elsewhere. */
async function measure(contestant: Contestant, write: () => Promise<void>): Promise<Sample> {
	const pid = pidOf(contestant);
	forgetPeakMemory(pid);
	const [began, before] = [performance.now(), preciseCpuOf(pid)];
	await write();
	const seconds = (performance.now() - began) / 1000;
	return { seconds, cpu: (preciseCpuOf(pid) - before) / 1000, peak: peakMemoryOf(pid) };
}

const WARM_UP = 100;

/**
 * A process that has nothing left to send, and holds nothing of what it sent before. A process that waits for its
 * database looks as if it were idle, so it is asked.
 */
async function startFresh(contestant: Contestant, collection: string): Promise<void> {
	const { directus } = contestant;
	// It would write to the same rows meanwhile.
	await directus.kill9();
	await dropQueue(contestant);
	await directus.restart();
	const made = await directus.data<{ id: number }[]>(
		'POST',
		`/items/${collection}?fields=id&limit=-1`,
		Array.from({ length: WARM_UP }, () => values(collection)),
	);
	await directus.request(
		'DELETE',
		`/items/${collection}`,
		made.map(({ id }) => id),
	);
	await untilAllSent(contestant);
	await untilIdle(pidOf(contestant), 10_000);
}

/** What is sent after the answer is not measured here: a hundred thousand deliveries would take longer than all the rest. */
async function dropQueue({ name, directus }: Contestant): Promise<void> {
	if (name === 'none') return;
	await directus.sql('downstream_outbox').delete();
	await directus.sql('downstream_deliveries').delete();
}

async function untilAllSent({ name, directus }: Contestant): Promise<void> {
	if (name === 'none') return;
	const isSent = async () => {
		const status = await directus.data<{ outbox: { pending: number }; targets: { pending: number }[] }>(
			'GET',
			'/downstream/status',
		);
		return status.outbox.pending === 0 && status.targets.every(({ pending }) => pending === 0);
	};
	await until(isSent, { message: 'everything to be sent', timeout: 600_000 });
}

/** Makes ten targets that are told of this collection; a Directus without the extension has none. */
async function aim({ name, directus }: Contestant, collection: string, base: string): Promise<void> {
	if (name === 'none') return;
	const path = '/items/cache_flush_targets';
	const old = await directus.data<{ id: string }[]>('GET', `${path}?fields=id&limit=-1`);
	if (old.length > 0)
		await directus.request(
			'DELETE',
			path,
			old.map(({ id }) => id),
		);
	const payload = collection === 'posts' ? ['id', 'slug', 'title'] : ['id', 'name'];
	await directus.request(
		'POST',
		path,
		Array.from({ length: TARGETS }, (_, index) => ({
			name: `bulk ${index}`,
			url: `${base}/bulk-${collection}/${index}`,
			status: 'published',
			auth_header: 'no-auth',
			schema: [{ collection, events: ['create', 'update', 'delete'], payload }],
		})),
	);
	const inForce = async () =>
		(await directus.data<{ targets: unknown[] }>('GET', '/downstream/status')).targets.length === TARGETS;
	await until(inForce, { message: 'the targets to be in force' });
}

/** Saves a target, so that the rules are being read again while the next request is at work. */
async function touchTarget({ name, directus }: Contestant): Promise<void> {
	if (name === 'none') return;
	const [target] = await directus.data<{ id: string }[]>('GET', '/items/cache_flush_targets?fields=id&limit=1');
	await directus.request('PATCH', `/items/cache_flush_targets/${target?.id}`, { name: freshValues().title });
}
