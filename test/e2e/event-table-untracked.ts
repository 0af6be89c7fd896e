import { expect, it } from 'vitest';
import { until } from '../kit/wait.js';
import type { Probe } from './event-probe.js';

/** What leaves no activity row, what must not be recorded, and what happens where recording fails. */
export function untrackedEvents(the: () => Probe): void {
	const send = (method: string, path: string, body?: unknown) => the().directus.request(method, path, body);

	it('a collection whose activity is not tracked: created, updated, deleted', async () => {
		const { sentBy, make } = the();
		let id = 0;
		expect(await sentBy(async () => ({ id } = await make('notrack', { name: 'n' })), 1)).toEqual(['notrack create n']);
		expect(await sentBy(() => send('PATCH', `/items/notrack/${id}`, { name: 'm' }), 1)).toEqual(['notrack update m']);
		expect(await sentBy(() => send('DELETE', `/items/notrack/${id}`), 1)).toEqual(['notrack delete m']);
	});

	it('an untracked batch that rolls back: none', async () => {
		const { sentBy, make } = the();
		const { id } = await make('notrack', { name: 'kept' });
		const other = await make('notrack', { name: 'other' });
		const failing = [
			{ id, name: 'ROLLED' },
			{ id: other.id, name: 'x'.repeat(300), nope: { a: 1 } },
			{ id: 'no number', name: 'y' },
		];
		expect(
			await sentBy(() =>
				send('PATCH', '/items/notrack', failing).then(
					() => {
						throw new Error('was not refused');
					},
					() => {},
				),
			),
		).toEqual([]);
	});

	it('the outbox cannot be written: the save goes through, the status says so, and nothing is lost', async () => {
		const { directus, make, receiver } = the();
		await directus.sql.schema.renameTable('downstream_outbox', 'downstream_outbox_away');
		const made = await make('posts', { title: 'while the outbox was away' });
		expect(await directus.data('GET', `/items/posts/${made.id}?fields=title`)).toEqual({
			title: 'while the outbox was away',
		});
		await directus.sql.schema.renameTable('downstream_outbox_away', 'downstream_outbox');
		await receiver.waitFor(({ body }) => body.includes('while the outbox was away'));
		await until(
			async () =>
				(await directus.data<{ outbox: { error: string | null } }>('GET', '/downstream/status')).outbox.error === null,
		);
	});

	it('a field is dropped: only the rule that names it is turned off, and that is reported', async () => {
		const { directus, sentBy, make } = the();
		await send('POST', '/fields/posts', { field: 'extra', type: 'string', schema: {}, meta: {} });
		const rules = [
			{ collection: 'posts', events: ['create'], payload: ['extra'] },
			{ collection: 'countries', events: ['create'], payload: ['name'] },
		];
		const target = await until(() =>
			directus
				.data<{ id: string }>('POST', '/items/cache_flush_targets', {
					name: 'Extra',
					status: 'published',
					url: `${the().receiver.url}/extra`,
					schema: rules,
					options: { max_wait_ms: 0 },
				})
				.catch(() => null),
		);
		await send('DELETE', '/fields/posts/extra');
		const state = async () =>
			(await directus.data<{ targets: { id: string; state: string }[] }>('GET', '/downstream/status')).targets.find(
				({ id }) => id === target.id,
			)?.state;
		await until(async () => (await state()) === 'invalid', { message: 'the target to be invalid' });
		const sent = await sentBy(() => make('countries', { code: 'BE', name: 'B' }), 2);
		expect(sent).toEqual(['countries create B', 'countries create B']);
		await send('DELETE', `/items/cache_flush_targets/${target.id}`);
	});
}
