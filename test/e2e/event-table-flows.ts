import { expect, it } from 'vitest';
import type { Probe } from './event-probe.js';
import type { Entry } from './flush-target.js';

/** Writes by flows: with and without events, in batches, and without anybody being accountable. */
export function flowEvents(the: () => Probe): void {
	async function flow(trigger: Record<string, unknown>, operation: Record<string, unknown>): Promise<string> {
		const { directus } = the();
		const { id } = await directus.data<{ id: string }>('POST', '/flows', {
			name: 'f',
			status: 'active',
			accountability: 'all',
			...trigger,
		});
		const made = await directus.data<{ id: string }>('POST', '/operations', {
			name: 'o',
			key: `o${id.slice(0, 8)}`,
			position_x: 1,
			position_y: 1,
			flow: id,
			...operation,
		});
		await directus.request('PATCH', `/flows/${id}`, { operation: made.id });
		return id;
	}
	const webhook = { trigger: 'webhook', options: { method: 'POST', return: '$last', async: false } };
	const create = (title: string, permissions: string, emitEvents: boolean) => ({
		type: 'item-create',
		options: { collection: 'posts', permissions, emitEvents, payload: { title } },
	});
	const run = async (id: string) => {
		await the().directus.request('POST', `/flows/trigger/${id}`, {});
	};
	const remove = (id: string) => the().directus.request('DELETE', `/flows/${id}`);

	it('a flow that writes with full access, with and without events; its run is no change of the flow', async () => {
		for (const emitEvents of [true, false]) {
			const id = await flow(webhook, create(`flow ${emitEvents}`, '$full', emitEvents));
			expect(await the().sentBy(() => run(id)), String(emitEvents)).toEqual([`posts create flow ${emitEvents}`]);
			await remove(id);
		}
	});

	it('a flow that updates several items at once', async () => {
		const { make, sentBy } = the();
		const [a, b] = (await make('posts', [{ title: 'x' }, { title: 'y' }])) as unknown as { id: number }[];
		const payload = [
			{ id: a?.id, title: 'x2' },
			{ id: b?.id, title: 'y2' },
		];
		const id = await flow(webhook, {
			type: 'item-update',
			options: { collection: 'posts', permissions: '$full', emitEvents: true, payload },
		});
		expect(await sentBy(() => run(id), 2)).toEqual(['posts update x2', 'posts update y2']);
		await remove(id);
	});

	it.each([true, false])('a scheduled flow that writes as nobody, with events: %s', async (emitEvents) => {
		const { receiver, make, sentBy } = the();
		const before = `before ${emitEvents}`;
		const after = `by the clock ${emitEvents}`;
		const made: { id: number }[] = [];
		// Delivered first: an update within the same round would be one create with what it was updated to.
		await sentBy(async () => made.push(await make('posts', { title: before })), 1);
		const id = await flow(
			{ trigger: 'schedule', options: { cron: '* * * * * *' } },
			{
				type: 'item-update',
				options: {
					collection: 'posts',
					permissions: '$trigger',
					emitEvents,
					key: made.map(({ id }) => id),
					payload: { title: after },
				},
			},
		);
		await receiver.waitFor(({ body }) => body.includes(after), 20_000);
		await remove(id);
		const told = receiver.requests
			.flatMap(({ json }) => json as Entry[])
			.find(({ fields }) => fields['title'] === after);
		expect(told).toMatchObject({ collection: 'posts', event: 'update', previous: { title: before } });
	});
}
