import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus, type DirectusOptions } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish, type Entry } from './flush-target.js';

const ALL = ['create', 'update', 'delete'];

/** A rule for every collection that the event table writes to. Its payload identifies the item in a request. */
const RULES = [
	{ collection: 'articles', events: ALL, payload: ['title'] },
	{ collection: 'authors', events: ALL, payload: ['name'] },
	{ collection: 'tags', events: ALL, payload: ['name'] },
	{ collection: 'articles_tags', events: ALL, payload: ['tags_id'] },
	{ collection: 'articles_translations', events: ALL, payload: ['title'] },
	{ collection: 'articles_blocks', events: ALL, payload: ['collection'] },
	{ collection: 'block_text', events: ALL, payload: ['text'] },
	{ collection: 'comments', events: ALL, payload: ['text', 'article'] },
	{ collection: 'posts', events: ALL, payload: ['title'] },
	{ collection: 'site', events: ALL, payload: ['title'] },
	{ collection: 'notrack', events: ALL, payload: ['name'] },
	{ collection: 'actonly', events: ALL, payload: ['name'] },
	{ collection: 'countries', events: ALL, payload: ['name'] },
	{ collection: 'directus_files', events: ALL, payload: ['title'] },
	{ collection: 'directus_flows', events: ['update'], payload: ['name'] },
	{ collection: 'docs', events: ['create'], payload: ['title'] },
];

/** A running Directus whose every watched write can be seen: what was recorded for it, and what was delivered. */
export interface Probe {
	directus: Directus;
	receiver: Receiver;
	/**
	 * Does something; gives what was delivered because of it, as `collection event value`, sorted.
	 * @param atLeast entries to wait for, where the change is recorded only after the answer (no activity row)
	 */
	sentBy(work: () => Promise<unknown>, atLeast?: number): Promise<string[]>;
	make(collection: string, body: unknown): Promise<{ id: number }>;
	upload(title: string, content: string, method?: 'POST' | 'PATCH', id?: string): Promise<{ id: string }>;
	stop(): Promise<void>;
}

export async function startProbe(
	version: DirectusVersion,
	database: DatabaseKind,
	options: Partial<DirectusOptions> = {},
): Promise<Probe> {
	const receiver = await startReceiver();
	const directus = await startDirectus({ version, database, content: true, ...options });
	const target = await publish(directus, { url: receiver.url, schema: RULES });
	let marks = 0;

	const make = (collection: string, body: unknown) =>
		directus.data<{ id: number }>('POST', `/items/${collection}`, body);

	const received = () =>
		receiver.requests.flatMap(({ json }) => json as Entry[]).filter(({ collection }) => collection !== 'docs');

	async function sentBy(work: () => Promise<unknown>, atLeast = 0): Promise<string[]> {
		await mark();
		receiver.clear();
		await work();
		await until(() => received().length >= atLeast, {
			message: () => `${atLeast} entries; ${JSON.stringify(received())}`,
		});
		await mark();
		const entries = received();
		const delivered = entries.map(({ collection, event, fields }) =>
			`${collection} ${event} ${String(fields['title'] ?? fields['name'] ?? fields['text'] ?? fields['collection'] ?? '')}`.trim(),
		);
		const recorded = await deliveriesOf(directus, target, `&status=delivered&since=${lastMark}`);
		const missing = recorded.filter(
			({ collection, item }) =>
				collection !== 'docs' && !entries.some((entry) => entry.collection === collection && keyOf(entry) === item),
		);
		if (missing.length > 0) throw new Error(`recorded as delivered but not received: ${JSON.stringify(missing)}`);
		return delivered.toSorted();
	}

	let lastMark = Date.now();

	/** Waits until everything up to now has been delivered: an item made now comes after it. */
	async function mark(): Promise<void> {
		const title = `mark ${(marks += 1)}`;
		lastMark = Date.now();
		await make('docs', { title });
		await receiver.waitFor(({ json }) =>
			(json as Entry[]).some(({ collection, fields }) => collection === 'docs' && fields['title'] === title),
		);
	}

	async function upload(
		title: string,
		content: string,
		method: 'POST' | 'PATCH' = 'POST',
		id = '',
	): Promise<{ id: string }> {
		const form = new FormData();
		form.append('title', title);
		form.append('file', new Blob([content], { type: 'text/plain' }), 'a.txt');
		const answer = await fetch(`${directus.url}/files${id ? `/${id}` : ''}`, {
			method,
			body: form,
			headers: { authorization: `Bearer ${directus.token}` },
		});
		return ((await answer.json()) as { data: { id: string } }).data;
	}

	const stop = async () => {
		await directus.stop();
		await receiver.stop();
	};
	return { directus, receiver, sentBy, make, upload, stop };
}

const keyOf = ({ fields }: Entry) => String(fields['id'] ?? fields['code']);
