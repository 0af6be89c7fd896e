import { asAdmin, creates, makeItems, updates, type Bench } from './bench.js';
import { CONTESTANTS, type Contestant, type ContestantName } from './contestants.js';
import { cpuOf, untilIdle } from './process-cost.js';
import { median, quantile, rounded } from './statistics.js';

interface Sample {
	/** CPU of the Directus process per request, in ms: until the last answer, and until it had nothing left to do. */
	during: number;
	settled: number;
	p50: number;
}

const TARGETS = 10;

/** On a slow or busy machine there are fewer rounds: no new one begins later than this. */
const CELL_MS = 20_000;

/**
 * What a mutation costs with ten targets: CPU of the whole Directus process (the sender's own included, since it runs in
 * there) and latency, in rounds in which every contestant takes its turn. Ratios are to the mean of the two contestants
 * without an extension in the same round; the median over the rounds counts.
 */
export async function mutationCost({ contestants, database, load, report, sink, quick }: Bench): Promise<void> {
	const all = await contestants.all((Object.keys(CONTESTANTS) as ContestantName[]).filter((name) => name !== 'full'));
	const keys = new Map<Contestant, (string | number)[]>();
	for (const contestant of all) {
		keys.set(contestant, await makeItems(contestant, 100));
		await contestant.aimAt(TARGETS);
		await load.run({ ...asAdmin(contestant), requests: creates(quick ? 60 : 150), concurrency: 16 });
		await load.run({
			...asAdmin(contestant),
			requests: updates(quick ? 60 : 150, keys.get(contestant) ?? []),
			concurrency: 16,
		});
		await untilIdle(pidOf(contestant));
	}
	for (const concurrency of [1, 16]) {
		for (const kind of ['PATCH one', 'POST one']) {
			const count = (concurrency === 1 ? 40 : 80) / (quick ? 2 : 1);
			const rounds: Map<Contestant, Sample>[] = [];
			const end = Date.now() + CELL_MS;
			for (let round = 0; round < 2 || (!quick && round < 6 && Date.now() < end); round++) {
				const samples = new Map<Contestant, Sample>();
				// Each round begins with another one, so that no one always follows the same neighbour.
				const turn = all
					.map((_, index) => all[(index + round * 3) % all.length])
					.filter((entry) => entry !== undefined);
				for (const contestant of turn) {
					const requests = kind === 'POST one' ? creates(count) : updates(count, keys.get(contestant) ?? []);
					const before = cpuOf(pidOf(contestant));
					const { latencies } = await load.run({ ...asAdmin(contestant), requests, concurrency });
					const during = (cpuOf(pidOf(contestant)) - before) / count;
					await untilIdle(pidOf(contestant));
					const settled = (cpuOf(pidOf(contestant)) - before) / count;
					samples.set(contestant, { during, settled, p50: quantile(latencies, 0.5) });
				}
				rounds.push(samples);
				await sink.clear();
			}
			for (const contestant of all) {
				const ratio = (of: keyof Sample) => ratios(rounds, contestant, of);
				const own = (of: keyof Sample) => median(rounds.map((samples) => samples.get(contestant)?.[of] ?? Number.NaN));
				const bar = barOf(contestant.name, median(ratio('during')), median(ratio('p50')));
				report.add({
					scenario: 'mutation cost',
					database,
					measure: `${kind}, concurrency ${concurrency}, ${TARGETS} targets`,
					contestant: CONTESTANTS[contestant.name],
					values: {
						'CPU ms/request': rounded(own('during')),
						'×': spread(ratio('during')),
						'CPU with all sent': rounded(own('settled')),
						'× ': rounded(median(ratio('settled'))),
						'p50 ms': rounded(own('p50')),
						'×  ': spread(ratio('p50')),
					},
					...(bar ? { bar } : {}),
				});
			}
		}
	}
	await contestants.stop(['none', 'control', 'dead', 'hanging', 'unwatched']);
}

const pidOf = ({ directus }: Contestant) => directus.process.pid ?? 0;

function ratios(rounds: Map<Contestant, Sample>[], contestant: Contestant, of: keyof Sample): number[] {
	return rounds.map((samples) => {
		const bases = [...samples].filter(([{ name }]) => name === 'none' || name === 'control');
		const base = bases.reduce((sum, [, sample]) => sum + sample[of], 0) / bases.length;
		return (samples.get(contestant)?.[of] ?? Number.NaN) / base;
	});
}

const spread = (sample: number[]) =>
	`${rounded(median(sample))} (${rounded(Math.min(...sample))}–${rounded(Math.max(...sample))})`;

function barOf(name: ContestantName, cpu: number, p50: number): { text: string; reached: boolean } | null {
	if (name === 'unwatched') return { text: 'CPU and p50 ≤ 1.01 ×', reached: cpu <= 1.01 && p50 <= 1.01 };
	if (!['ours', 'dead', 'hanging'].includes(name)) return null;
	return { text: 'CPU ≤ 1.10 ×, p50 ≤ 1.05 ×', reached: cpu <= 1.1 && p50 <= 1.05 };
}
