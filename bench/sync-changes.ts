import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cable } from '../test/kit/cable.js';
import type { Directus } from '../test/kit/directus.js';
import { until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { rounded } from './statistics.js';

export const COLLECTION = 'posts';
export const FIELDS = ['title', 'slug'];

/** Two instances of the same database, and how one is kept equal to the other at the moment. */
export interface Pair {
	here: Directus;
	there: Directus;
	/** What both contestants send goes over it. */
	cable: Cable;
}

type Keys = (string | number)[];

/** How often each kind of change is made and timed after it was made once to warm up; the middle one counts. */
const ROUNDS = 3;

/**
 * How far apart the two are, as the time from one to the other and back, and how many rounds the plain hook is timed
 * there after its first one; where it has none, the first counts, since it is warm by then. On one machine there is no way
 * between them at all; 20 ms are two data centres of one continent.
 */
export const DISTANCES = [
	{ apart: 'on one machine', roundTripMs: 0, plainRounds: ROUNDS },
	{ apart: '20 ms apart', roundTripMs: 20, plainRounds: 0 },
];
type Distance = (typeof DISTANCES)[number];

/** Few enough for both contestants not to be slowed down by being looked at. */
const LOOK_EVERY_MS = 25;

/** What of one kind of change took how long, in ms: until it was answered, and from then until all of it was there. */
export type Course = Record<'create' | 'update' | 'delete', { answered: number; arrived: number }>;

/** The changes as the plain hook brings them over, one request per item, in turn. */
export async function changePlainly(
	pair: Pair,
	count: number,
	{ roundTripMs, plainRounds }: Distance,
): Promise<Course> {
	const { here, there, cable } = pair;
	cable.stretch(roundTripMs / 2);
	const file = join(here.folder, 'plain-sync.json');
	writeFileSync(file, JSON.stringify({ collection: COLLECTION, fields: FIELDS, url: cable.url, token: there.token }));
	try {
		return await changes(pair, count, plainRounds);
	} finally {
		rmSync(file);
	}
}

/** The same changes as Downstream brings them over, reported beside the plain hook's. */
export async function linked(
	{ database, report }: Bench,
	pair: Pair,
	{ count, distance, plainly }: { count: number; distance: Distance; plainly: Course },
): Promise<void> {
	pair.cable.stretch(distance.roundTripMs / 2);
	const course = await changes(pair, count, ROUNDS);
	for (const event of ['create', 'update', 'delete'] as const) {
		const [ours, theirs] = [course[event], plainly[event]];
		const common = {
			scenario: 'sync',
			database,
			measure: `one request that ${event}s ${count} items, ${distance.apart}`,
		};
		const figures = ({ answered, arrived }: { answered: number; arrived: number }) => ({
			'answered after ms': Math.round(answered),
			'all there so much later, ms': Math.round(arrived),
			'items per second': Math.round((count / arrived) * 1000),
		});
		report.add({ ...common, contestant: 'one request per item, in turn', values: figures(theirs) });
		const ratio = theirs.arrived / ours.arrived;
		const whole = (theirs.answered + theirs.arrived) / (ours.answered + ours.arrived);
		const perSecond = (count / ours.arrived) * 1000;
		report.add({
			...common,
			contestant: 'Downstream',
			values: {
				...figures(ours),
				'times faster': rounded(ratio, 1),
				'times faster, the request included': rounded(whole, 1),
			},
			bar: { text: '≥ 20 times faster, ≥ 500 items/s', reached: ratio >= 20 && perSecond >= 500 },
		});
	}
}

/**
 * Makes, changes and deletes so many items, each in one request, and waits each time until all of it is there. Only the
 * last ones are deleted: more at once would have to be confirmed.
 */
async function changes({ here, there }: Pair, count: number, rounds: number): Promise<Course> {
	const courses: Pick<Course, 'create' | 'update'>[] = [];
	for (let round = 0; ; round += 1) {
		const [mark, changed] = [randomUUID(), randomUUID()];
		const counted = (where: Record<string, string>) => countOf(there, where);
		let keys: Keys = [];
		const items = Array.from({ length: count }, () => ({ title: freshValues().title, slug: mark }));
		const create = await timed(
			async () => {
				const path = `/items/${COLLECTION}?fields=id&limit=-1`;
				keys = (await here.data<{ id: number }[]>('POST', path, items)).map(({ id }) => id);
			},
			async () => (await counted({ slug: mark })) === count,
		);
		const update = await timed(
			() => here.request('PATCH', `/items/${COLLECTION}?fields=id&limit=1`, { keys, data: { title: changed } }),
			async () => (await counted({ slug: mark, title: changed })) === count,
		);
		if (round > 0) courses.push({ create, update });
		if (round < rounds) continue;
		const gone = await timed(
			() => here.request('DELETE', `/items/${COLLECTION}`, keys),
			async () => (await counted({ slug: mark })) === 0,
		);
		const middle = (event: 'create' | 'update', only: Course['create']) =>
			courses.map((course) => course[event]).toSorted((a, b) => a.arrived - b.arrived)[
				Math.floor(courses.length / 2)
			] ?? only;
		return { create: middle('create', create), update: middle('update', update), delete: gone };
	}
}

async function timed(change: () => Promise<unknown>, isThere: () => Promise<boolean>) {
	const began = performance.now();
	await change();
	const answered = performance.now() - began;
	await until(isThere, { timeout: 240_000, interval: LOOK_EVERY_MS, message: 'all of it to arrive' });
	return { answered, arrived: performance.now() - began - answered };
}

export async function countOf(
	{ sql }: Directus,
	where: Record<string, string>,
	collection = COLLECTION,
): Promise<number> {
	const row = await sql(collection).where(where).count({ count: '*' }).first<{ count: number | string }>();
	return Number(row?.count);
}
