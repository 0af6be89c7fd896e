import { asAdmin, creates, makeItems, updates, type Bench } from './bench.js';
import { CONTESTANTS, type Contestant, type ContestantName } from './contestants.js';
import { preciseCpuOf, untilIdle } from './process-cost.js';
import { keeps, quantile, ratioOver, rounded, shown, type Ratio } from './statistics.js';
import type { SinkRequest } from './workers.js';

/** What one contestant came to in one round. */
interface Sample {
	/** Of each request, in ms. */
	latencies: number[];
	/** CPU of its Directus in ms: from the first request to the last answer. */
	saving: number;
	/** The same until its turn in the next round: with everything sent. */
	sent: number;
}
type Round = Map<ContestantName, Sample>;

const TARGETS = 10;

/** Requests in a row to one contestant: enough for saves that keep coming, few enough to take turns in a blink. */
const IN_A_ROW = { 1: 8, 16: 48 } as const;

/** An interval this wide on either side is narrow enough. */
const NARROW = 0.02;
const FEWEST_ROUNDS = 8;

/** What Downstream may add to the CPU of a save once everything is sent: so much of what undici takes for the same requests. */
const OF_UNDICI = 1.25;

/** What an editor may feel, and what the machine may. */
const BARS = { p50: 1.05, p95: 1.1, saving: 1.1 } as const;

/**
 * What a save costs with ten targets. The contestants take turns every few requests, in an order drawn anew each round, so
 * that whatever the machine is busy with meets all of them. Each figure is a ratio to the two Directus without an
 * extension, with its interval of 95 % over the rounds. It goes on until the intervals are narrow, or the time is over:
 * a bar that lies within an interval is then undecided. The second Directus without an extension is the control: its
 * ratio must be 1.
 */
export async function mutationCost({
	contestants,
	database,
	load,
	report,
	sink,
	quick,
	seconds,
	against,
	inARow,
	only,
}: Bench): Promise<void> {
	const names = (Object.keys(CONTESTANTS) as ContestantName[]).filter(
		(name) =>
			name !== 'full' &&
			name !== 'flow' &&
			(name !== 'other' || against !== null) &&
			(only === null || WITHOUT.includes(name) || only.includes(name)),
	);
	const all = await contestants.all(names);
	const keys = new Map<Contestant, (string | number)[]>();
	let prefix = '';
	for (const contestant of all) {
		keys.set(contestant, await makeItems(contestant, 100));
		const aimed = await contestant.aimAt(TARGETS);
		if (contestant.name === 'ours') ({ prefix } = aimed);
		for (const requests of [creates(quick ? 60 : 150), updates(quick ? 60 : 150, keys.get(contestant) ?? [])])
			await load.run({ ...asAdmin(contestant), requests, concurrency: 16 });
		await untilIdle(pidOf(contestant));
	}
	for (const concurrency of [1, 16] as const) {
		const row = inARow ?? IN_A_ROW[concurrency];
		for (const kind of ['PATCH one', 'POST one']) {
			const requests = (contestant: Contestant) =>
				kind === 'POST one' ? creates(row) : updates(row, keys.get(contestant) ?? []);
			const end = Date.now() + seconds * 1_000;
			const rounds: Round[] = [];
			const before = new Map<ContestantName, number>();
			const requestsSent: SinkRequest[] = [];
			await sink.clear();
			while (
				rounds.length < FEWEST_ROUNDS ||
				(Date.now() < end && !(rounds.length % 4 === 0 && isNarrow(rounds, names)))
			) {
				const round: Round = new Map();
				for (const contestant of inRandomOrder(all)) {
					const start = preciseCpuOf(pidOf(contestant));
					const previous = rounds.at(-1)?.get(contestant.name);
					if (previous) previous.sent = start - (before.get(contestant.name) ?? start);
					before.set(contestant.name, start);
					const { latencies } = await load.run({ ...asAdmin(contestant), requests: requests(contestant), concurrency });
					round.set(contestant.name, { latencies, saving: preciseCpuOf(pidOf(contestant)) - start, sent: Number.NaN });
				}
				rounds.push(round);
				if (rounds.length % 10 === 0) {
					requestsSent.push(...(await sink.read(prefix)));
					await sink.clear();
				}
			}
			requestsSent.push(...(await sink.read(prefix)));
			const undici = await undiciCostOf(requestsSent, { load, sink });
			// Nothing follows the last round, so that nobody knows what it cost until everything was sent.
			const whole = rounds.slice(0, -1);
			for (const name of names) {
				const [p50, p95] = [ratioOf(rounds, name, atShare(0.5)), ratioOf(rounds, name, atShare(0.95))];
				const saving = ratioOf(rounds, name, meanOf('saving'));
				const ofUndici = name === 'ours' ? sendingOf(whole, undici / rounds.length) : null;
				const bar = barOf(name, { p50, p95, saving }, ofUndici);
				report.add({
					scenario: 'mutation cost',
					database,
					measure: `${kind}, concurrency ${concurrency}, ${TARGETS} targets, ${rounds.length} rounds of ${row}`,
					contestant: CONTESTANTS[name],
					values: {
						'p50 ms': rounded(atShare(0.5)(rounds, [name])),
						'p50 ×': shown(p50),
						'p95 ×': shown(p95),
						'CPU saving ×': shown(saving),
						'CPU saving, ms': rounded(meanOf('saving')(rounds, [name]) / row),
						'CPU all sent ×': shown(ratioOf(whole, name, meanOf('sent'))),
						...(ofUndici ? { 'CPU added, of undici': shown(ofUndici) } : {}),
					},
					...(bar ? { bar } : {}),
				});
			}
		}
	}
	await contestants.stop(names.filter((name) => name !== 'ours' && name !== 'inline'));
}

const pidOf = ({ directus }: Contestant) => directus.process.pid ?? 0;
const inRandomOrder = <T>(list: readonly T[]): T[] =>
	list
		.map((value) => ({ value, at: Math.random() }))
		.toSorted((a, b) => a.at - b.at)
		.map(({ value }) => value);

type Measure = (rounds: readonly Round[], names: readonly ContestantName[]) => number;

const atShare =
	(share: number): Measure =>
	(rounds, names) =>
		quantile(
			rounds.flatMap((round) => names.flatMap((name) => round.get(name)?.latencies ?? [])),
			share,
		);

const meanOf =
	(of: 'saving' | 'sent'): Measure =>
	(rounds, names) => {
		const values = rounds.flatMap((round) => names.map((name) => round.get(name)?.[of] ?? Number.NaN));
		return values.reduce((sum, value) => sum + value, 0) / values.length;
	};

const WITHOUT: readonly ContestantName[] = ['none', 'control'];

/** The control is measured by the first one alone, all others by both. */
function ratioOf(rounds: readonly Round[], name: ContestantName, measure: Measure): Ratio {
	const base = name === 'control' ? (['none'] as const) : WITHOUT;
	return ratioOver(
		rounds,
		(some) => measure(some, [name]),
		(some) => measure(some, base),
	);
}

/** CPU that undici takes to post these requests once more, in ms, without what it takes to read what is to be posted. */
async function undiciCostOf(
	sent: readonly SinkRequest[],
	{ load, sink }: Pick<Bench, 'load' | 'sink'>,
): Promise<number> {
	const requests = sent.map(({ body }) => ({
		method: 'POST' as const,
		path: '/undici/',
		body: JSON.parse(body) as unknown,
	}));
	const { cpuMs } = await load.run({ base: sink.url, token: null, requests, concurrency: TARGETS });
	return cpuMs;
}

/**
 * What Downstream adds to the CPU with everything sent, as a multiple of what undici alone takes for the same requests.
 *
 * @param undici ms a round
 */
const sendingOf = (rounds: readonly Round[], undici: number): Ratio =>
	ratioOver(
		rounds,
		(some) => meanOf('sent')(some, ['ours']) - meanOf('sent')(some, WITHOUT),
		() => undici,
	);

function isNarrow(rounds: readonly Round[], names: readonly ContestantName[]): boolean {
	return names.every((name) => {
		const { low, high } = ratioOf(rounds, name, atShare(0.5));
		return (high - low) / 2 <= NARROW;
	});
}

function barOf(
	name: ContestantName,
	ratios: Record<keyof typeof BARS, Ratio>,
	ofUndici: Ratio | null,
): { text: string; reached: boolean | null } | null {
	if (name === 'control')
		return { text: 'p50 is 1', reached: ratios.p50.low <= 1 && ratios.p50.high >= 1 ? true : null };
	const watched = ['ours', 'other', 'dead', 'hanging'].includes(name);
	if (!watched && name !== 'unwatched') return null;
	const limits = watched ? BARS : { p50: 1.01, p95: 1.1, saving: 1.01 };
	const kept = Object.entries(limits).map(([of, limit]) => keeps(ratios[of as keyof typeof BARS], limit));
	const sending = ofUndici ? `, CPU added ≤ ${OF_UNDICI} of undici` : '';
	if (ofUndici) kept.push(keeps(ofUndici, OF_UNDICI));
	const text = `p50 ≤ ${limits.p50}, p95 ≤ ${limits.p95}, CPU saving ≤ ${limits.saving}${sending}`;
	return { text, reached: kept.includes(false) ? false : kept.includes(null) ? null : true };
}
