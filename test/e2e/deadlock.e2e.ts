import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish } from './flush-target.js';

const { mysql: unavailable } = await databasesAvailable();

/** MySQL takes a deadlock's loser back as a whole: what is swallowed then is a save that was confirmed and is not there. */
describe.runIf(unavailable === null).each(directusVersions())('on MariaDB, Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version, database: 'mysql', content: true });
		await publish(directus, {
			url: receiver.url,
			schema: [{ collection: 'posts', events: ['update'], payload: ['slug', 'title'] }],
		});
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	it('a save that loses a deadlock over the outbox is made again, with its old values, and delivered', async () => {
		const { sql } = directus;
		const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'old', slug: 'old-slug' });
		await sql.schema.createTable('ballast', (table) => void table.integer('n'));
		const other = await sql.transaction();
		try {
			// Whoever has written less loses.
			await other('ballast').insert(Array.from({ length: 500 }, (_, n) => ({ n })));
			await other('downstream_outbox').where('id', '>', 0).forUpdate().select('id');
			const saved = directus.request('PATCH', `/items/posts/${id}`, { title: 'saved', slug: 'new-slug' });
			saved.catch(() => {});
			await until(
				async () => {
					const waiting = sql('information_schema.processlist').where(
						'info',
						'like',
						'insert into `downstream_outbox`%',
					);
					return (await waiting.select('id')).length > 0;
				},
				{ message: 'the save to wait for the outbox' },
			);
			await other('posts').where({ id }).update({ views: 7 });
			await other.commit();
			await saved;
		} finally {
			if (!other.isCompleted()) await other.rollback();
		}
		expect(await directus.data('GET', `/items/posts/${id}`)).toMatchObject({ title: 'saved', views: 7 });
		const { body } = await receiver.waitFor((request) => request.body.includes('new-slug'));
		expect(body).toContain('old-slug');
		expect(receiver.requests.filter((request) => request.body.includes('new-slug'))).toHaveLength(1);
	});
});
