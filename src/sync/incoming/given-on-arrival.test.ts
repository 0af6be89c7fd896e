import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../test/kit/random.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['SYNC_SEED'] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env['SYNC_RUNS'] ?? 12);

/** a – b – c. Items from a are given a title where they are new, and a body whenever they are written. */
function chain({ everybody }: { everybody: boolean }) {
	let [time, ids] = [1_000_000, 0];
	const clock = {
		now: () => (time += 1),
		id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
	};
	const [a, b, c] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(
		(id, index) => new ExampleInstance(id, clock, 'update', 1 + index * 1_000),
	) as [ExampleInstance, ExampleInstance, ExampleInstance];
	for (const [from, to] of [
		[a, b],
		[b, a],
		[b, c],
		[c, b],
	] as const)
		from.links.push(to);
	const all = [a, b, c];
	for (const from of everybody ? all : [a])
		from.onArrival.set('articles', { create: { title: `draft of ${from.id}` }, always: { body: `from ${from.id}` } });
	const sent = () => all.reduce((sum, one) => sum + one.sent, 0);
	async function settle(): Promise<void> {
		for (let round = 0; round < 20; round += 1) {
			const before = sent();
			for (const from of all) {
				while (!(await from.plan()));
				for (const to of from.links) await from.send(to);
			}
			if (sent() === before) return;
		}
		throw new Error('nobody comes to rest');
	}
	return { all, a, b, c, settle, sent, now: clock.now, wait: (ms: number) => void (time += ms) };
}

const articles = ({ database }: ExampleInstance) =>
	[...database.table('articles')].map(([key, row]) => ({ key, ...row }) as Record<string, unknown> & { key: string });
const labelled = (instance: ExampleInstance, label: unknown) =>
	articles(instance).find((row) => row['label'] === label);

describe(`values that a rule gives on arrival (seed ${SEED})`, () => {
	it('are what new items have there, whatever they have here, and come back to nobody', async () => {
		const { a, b, c, settle, sent, now } = chain({ everybody: false });
		a.database.create('articles', { label: 'one', title: 'public', body: 'mine' }, now());
		await settle();
		const atB = { title: 'draft of aaaaaaaaaaaa', body: 'from aaaaaaaaaaaa' };
		expect(labelled(a, 'one')).toMatchObject({ title: 'public', body: 'mine' });
		// What it was given is a value of b, which goes on to where b's rules send it.
		for (const instance of [b, c]) expect(labelled(instance, 'one')).toMatchObject(atB);
		// There and on; what was given causes no message of its own.
		expect(sent()).toBe(2);
		b.database.update('articles', labelled(b, 'one')?.key ?? '', { title: 'reviewed', body: 'theirs' }, now());
		await settle();
		a.database.update('articles', labelled(a, 'one')?.key ?? '', { label: 'two' }, now());
		await settle();
		expect(labelled(a, 'two')).toMatchObject({ title: 'public', body: 'mine' });
		for (const instance of [b, c])
			expect(labelled(instance, 'two')).toMatchObject({ title: 'reviewed', body: 'from aaaaaaaaaaaa' });
	});

	it('are written neither past permissions nor into fields that are not there', async () => {
		const { a, b, settle, now } = chain({ everybody: false });
		b.permits.set('articles', { create: new Set(['label', 'title']), update: new Set(['label']) });
		a.database.create('articles', { label: 'one', title: 'public', body: 'mine' }, now());
		await settle();
		expect(labelled(b, 'one')).toMatchObject({ title: 'draft of aaaaaaaaaaaa', body: null });
	});

	it.each([false, true])(
		'never make instances differ, nor go to and fro (said by everybody: %s)',
		{ timeout: 20_000 + RUNS * 1_000 },
		async (everybody) => {
			for (let seed = SEED; seed < SEED + RUNS; seed += 1) {
				const random = randomFrom(seed);
				const { all, a, b, c, settle, sent, now, wait } = chain({ everybody });
				const words = new Map(
					all.map((one) => [one, new Set<unknown>(everybody || one !== a ? ['draft', 'from'] : [])]),
				);
				for (let step = 0; step < 40; step += 1) {
					wait(10_000);
					const instance = all[Math.floor(random() * 3)] ?? a;
					const rows = articles(instance);
					const row = rows[Math.floor(random() * rows.length)];
					const word = `w${seed}-${step}`;
					const field = ['label', 'title', 'body'][Math.floor(random() * 3)] ?? 'label';
					const dice = random();
					if (field !== 'label') words.get(instance)?.add(word);
					if (!row || dice < 0.3) {
						words.get(instance)?.add(word);
						instance.database.create('articles', { label: `${word} label`, title: word, body: word }, now());
					} else if (dice < 0.9) instance.database.update('articles', row.key, { [field]: word }, now());
					else instance.database.remove('articles', row.key, now());
					if (random() < 0.5) {
						await instance.plan();
						for (const to of instance.links) await instance.send(to, { loses: random() < 0.2 });
					}
				}
				await settle();
				const quiet = sent();
				await settle();
				expect(sent(), `seed ${seed}: quiet`).toBe(quiet);
				const labels = all.map((one) =>
					articles(one)
						.map((row) => String(row['label']))
						.toSorted(),
				);
				for (const other of labels) expect(other, `seed ${seed}`).toEqual(labels[0]);
				// Its own words, and what it was given; of others only what travels.
				for (const one of everybody ? all : [a])
					for (const { title, body } of articles(one))
						for (const value of [title, body].filter((text) => !/^(draft|from) /.test(String(text))))
							expect([...(words.get(one) ?? []), null, undefined], `seed ${seed}: ${one.id}`).toContain(value);
				if (everybody) continue;
				for (const row of articles(a)) expect(`${row['title']} ${row['body']}`).not.toMatch(/draft|from/);
				const form = (one: ExampleInstance) =>
					articles(one)
						.map(({ label, title, body }) => `${label} ${title} ${body}`)
						.toSorted();
				expect(form(c), `seed ${seed}`).toEqual(form(b));
			}
		},
	);
});
