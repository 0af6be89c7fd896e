import type { Directus } from '../kit/directus.js';

/** What one writer may touch: rows that no other writer does, so that the order of the writes to a row is known. */
export interface Hands {
	/** A value that was never written before. */
	value(): string;
	/** One of so many; from the run's seed. */
	pick(count: number): number;
	/** Posts and articles that this writer was told are there. */
	posts: number[];
	articles: number[];
}

type Mutation = (directus: Directus, hands: Hands) => Promise<void>;

interface Row {
	id: number;
}

/** Every way of writing that the promise is about; each throws where Directus is killed under it. */
export const MUTATIONS: Record<string, Mutation> = {
	async single(directus, hands) {
		const { id } = await directus.data<Row>('POST', '/items/posts', { title: hands.value() });
		hands.posts.push(id);
	},
	async update(directus, hands) {
		const id = hands.posts[hands.pick(hands.posts.length)];
		if (id !== undefined) await directus.data('PATCH', `/items/posts/${id}`, { title: hands.value() });
	},
	async nested(directus, hands) {
		const { id } = await directus.data<Row>('POST', '/items/articles', {
			title: hands.value(),
			author: { name: hands.value() },
			comments: [{ text: hands.value() }, { text: hands.value() }],
		});
		hands.articles.push(id);
	},
	async batch(directus, hands) {
		const ids = hands.posts.slice(-6);
		if (ids.length > 0)
			await directus.data(
				'PATCH',
				'/items/posts',
				ids.map((id) => ({ id, title: hands.value() })),
			);
	},
	/** Its last entry breaks a foreign key, so that the first ones are rolled back. */
	async 'failing batch'(directus, hands) {
		const [id] = hands.articles;
		if (id === undefined) return;
		const broken = [
			{ id, title: `rolled back ${hands.value()}` },
			{ id, author: 99_999_999 },
		];
		await mustFail(directus.data('PATCH', '/items/articles', broken));
	},
	/** Its last entry has a key that is taken. */
	async 'failing create'(directus, hands) {
		const [id] = hands.posts;
		if (id === undefined) return;
		const broken = [{ title: `rolled back ${hands.value()}` }, { id, title: `rolled back ${hands.value()}` }];
		await mustFail(directus.data('POST', '/items/posts', broken));
	},
	async import(directus, hands) {
		const form = new FormData();
		const rows = Array.from({ length: 20 }, () => ({ title: hands.value() }));
		form.append('file', new File([JSON.stringify(rows)], 'posts.json', { type: 'application/json' }));
		await directus.request('POST', '/utils/import/posts', form);
	},
	async delete(directus, hands) {
		const id = hands.posts.shift();
		if (id !== undefined) await directus.request('DELETE', `/items/posts/${id}`);
	},
};

/** One POST of so many items. */
export async function createMany(directus: Directus, hands: Hands, count: number): Promise<void> {
	const rows = Array.from({ length: count }, () => ({ title: hands.value() }));
	const created = await directus.data<Row[]>('POST', '/items/posts?limit=-1', rows);
	hands.posts.push(...created.slice(0, 10).map(({ id }) => id));
}

async function mustFail(request: Promise<unknown>): Promise<void> {
	const failure = await request.then(
		() => null,
		(error: unknown) => error as { status?: number },
	);
	if (failure === null) throw new Error('a batch that had to be rolled back was accepted');
	// Without a status there was no answer at all: the server was killed.
	if (failure.status === undefined) throw failure;
}
