import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../test/kit/random.js';
import { EXAMPLE_MODELS } from '../../test/fixtures/example-database.js';
import { ExampleInstance } from '../../test/fixtures/example-instance.js';

const FIRST_SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['SYNC_SEED'] ?? Date.now() % 1_000_000);
const RUNS = Number(process.env['SYNC_RUNS'] ?? 40);

const MESH = [
	[0, 1],
	[0, 2],
	[1, 0],
	[1, 2],
	[2, 0],
	[2, 1],
] as const;
const TOPOLOGIES = {
	mesh: MESH,
	chain: MESH.filter(([from, to]) => Math.abs(from - to) === 1),
	ring: MESH.filter(([from, to]) => (from + 1) % 3 === to),
};

/** All rows in the same words on every instance: by labels, whatever their keys are. */
function normalForm({ database }: ExampleInstance): string[] {
	const label = (collection: string, key: unknown) =>
		key === null ? null : String(database.table(collection).get(String(key))?.['label'] ?? 'nothing');
	return [...EXAMPLE_MODELS.values()]
		.flatMap(({ collection, fields }) =>
			[...database.table(collection).values()].map((row) => {
				const values = [...fields.values()].map(({ field, kind, related, typeField }) => {
					if (kind === 'reference') return label(related ?? '', row[field]);
					if (kind !== 'many-to-any') return row[field];
					const block = row[field] === null ? null : label(String(row[typeField ?? '']), row[field]);
					return block ?? 'nothing';
				});
				return `${collection} ${JSON.stringify(values)}`;
			}),
		)
		.toSorted();
}

class Network {
	time = 1e12;
	ids = 0;
	words = 0;
	readonly instances: ExampleInstance[];
	/** Values that somebody saw when he set another one. */
	readonly overwritten = new Set<unknown>();
	/** Labels of rows that were made, and that nobody ever deleted. */
	readonly kept = new Set<unknown>();

	readonly random: () => number;
	readonly topology: keyof typeof TOPOLOGIES;

	constructor(random: () => number, topology: keyof typeof TOPOLOGIES, onDelete: 'update' | 'delete') {
		this.random = random;
		this.topology = topology;
		const time = {
			now: () => (this.time += 1),
			id: () => `00000000-0000-4000-8000-${String(++this.ids).padStart(12, '0')}`,
		};
		this.instances = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(
			(id, index) => new ExampleInstance(id, time, onDelete, 1 + index * 1_000),
		);
		for (const [from, to] of TOPOLOGIES[topology]) this.at(from).links.push(this.at(to));
	}

	at = (index: number) => this.instances[index] as ExampleInstance;
	pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(this.random() * all.length)];
	word = () => `w${++this.words}`;

	edit(): void {
		const { database } = this.pick(this.instances) as ExampleInstance;
		const key = (collection: string) => this.pick([...database.table(collection).keys()]);
		const at = (this.time += 1);
		const add = (collection: string, values: Record<string, unknown>) => {
			if (values['label']) this.kept.add(values['label']);
			return database.create(collection, values, at);
		};
		const change = (collection: string, values: Record<string, unknown>) => {
			const found = key(collection);
			if (found === undefined) return;
			const row = database.table(collection).get(found);
			for (const [name, value] of Object.entries(values)) if (value === label) this.overwritten.add(row?.[name]);
			database.update(collection, found, values, at);
		};
		const remove = (collection: string, least = 2) => {
			const found = key(collection);
			if (found === undefined || database.table(collection).size <= least) return;
			this.kept.delete(database.table(collection).get(found)?.['label']);
			database.remove(collection, found, at);
		};
		const [article, tag, author] = [key('articles'), key('tags'), key('authors')];
		const label = this.word();
		const page = key('pages');
		// A few labels that several sides use at the same time, each of them once.
		const shared = `shared ${Math.floor(this.random() * 4)}`;
		const meet = (collection: string, values: Record<string, unknown> = {}) => {
			if (database.alike(collection, { label: shared }).length > 0) return;
			database.create(collection, { label: shared, title: label, ...values }, at);
		};
		const edits: (() => void)[] = [
			() => add('authors', { label, name: `name ${label}` }),
			() => add('tags', { label }),
			() => add('articles', { label, title: `title ${label}`, author: author === undefined ? null : Number(author) }),
			() => add('docs', { id: `d0000000-0000-4000-8000-${String(++this.ids).padStart(12, '0')}`, label }),
			() => change('articles', { title: label }),
			() => change('articles', { body: label }),
			() => change('articles', { author: author === undefined ? null : Number(author) }),
			() => change('authors', { name: label }),
			() => change('docs', { title: label }),
			() => change('blocks', { text: label }),
			() => change('places', { sort: label }),
			() => article && tag && add('links', { article: Number(article), tag: Number(tag) }),
			() => article && tag && add('links', { article: Number(article), tag: Number(tag) }),
			() => tag && change('links', { tag: Number(tag) }),
			() => remove('links'),
			() => article && add('places', { article: Number(article), kind: 'blocks', item: add('blocks', { label }) }),
			() => meet('pages'),
			() => meet('pages'),
			() => meet('notes', { id: `e0000000-0000-4000-8000-${String(++this.ids).padStart(12, '0')}` }),
			() => change('pages', { title: label }),
			() => change('notes', { title: label }),
			() => change('articles', { page: page === undefined ? null : Number(page) }),
			() => remove('pages', 0),
			() => remove('notes', 0),
			() => remove('articles'),
			() => remove('authors'),
			() => remove('tags'),
			() => remove('blocks'),
			() => remove('docs'),
		];
		this.pick(edits)?.();
	}

	async step(): Promise<void> {
		const chance = this.random();
		if (chance < 0.4) return this.edit();
		const instance = this.pick(this.instances) as ExampleInstance;
		if (chance < 0.65) {
			// Other things go on between what a plan reads.
			let moment = Math.floor(this.random() * 4);
			instance.database.meanwhile = async () => {
				if (moment-- > 0) return;
				instance.database.meanwhile = async () => {};
				if (this.random() < 0.3) this.edit();
				if (this.random() < 0.3) await this.sendSome();
			};
			await instance.plan();
			instance.database.meanwhile = async () => {};
		} else await this.sendSome();
	}

	async sendSome(): Promise<void> {
		const [from, to] = this.pick(TOPOLOGIES[this.topology]) ?? [0, 1];
		await this.at(from).send(this.at(to), { most: 1 + Math.floor(this.random() * 6), loses: this.random() < 0.15 });
	}

	/** Rows that are not there although nobody deleted them, and values that are back although somebody had set others. */
	lost(): string[] {
		const { database } = this.at(0);
		const rows = [...EXAMPLE_MODELS.keys()].flatMap((collection) => [...database.table(collection).values()]);
		const labels = new Set(rows.map((row) => row['label']));
		const gone = [...this.kept].flatMap((label) => (labels.has(label) ? [] : [`${String(label)} is gone`]));
		// Of a row that was deleted and came back, only what had been told of it before can come back.
		const back = rows
			.filter(({ label }) => this.kept.has(label))
			.flatMap((row) => Object.values(row).filter((value) => typeof value === 'string' && this.overwritten.has(value)))
			.map((value) => `${String(value)} is back`);
		return [...gone, ...back];
	}

	/** Until nobody has anything to say. */
	async settle(): Promise<number> {
		for (let round = 1; round <= 60; round += 1) {
			for (const instance of this.instances) await instance.plan();
			for (const [from, to] of TOPOLOGIES[this.topology]) await this.at(from).send(this.at(to));
			const busy = this.instances.some(
				({ owed, database }) => database.contents.outbox.length > 0 || [...owed.values()].some((all) => all.length > 0),
			);
			if (!busy) return round;
		}
		throw new Error(`nobody comes to rest: ${JSON.stringify(this.instances.map(({ waits }) => waits))}`);
	}
}

describe.each(Object.keys(TOPOLOGIES) as (keyof typeof TOPOLOGIES)[])('three instances in a %s', (topology) => {
	it.each(['update', 'delete'] as const)(
		'end equal and quiet (deleted and edited: %s)',
		{ timeout: 60_000 + RUNS * 2_000 },
		async (onDelete) => {
			for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
				const network = new Network(randomFrom(seed), topology, onDelete);
				try {
					for (let step = 0; step < 200; step += 1) await network.step();
					await network.settle();
					const [first = [], ...others] = network.instances.map(normalForm);
					expect(network.instances.flatMap(({ failed }) => failed)).toEqual([]);
					for (const other of others) expect(other).toEqual(first);
					expect(network.lost()).toEqual([]);
				} catch (error) {
					throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
				}
			}
		},
	);
});
