import { expect, it } from 'vitest';
import type { Directus } from '../kit/directus.js';
import type { Receiver } from '../kit/receiver.js';
import { ADMIN } from '../kit/settings.js';
import { publish, settled } from './flush-target.js';

const RULE = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };

/** What a webhook's templates make. @param aim names the target that is removed after the test */
export function templatesDelivered({
	directus,
	receiver,
	post,
	aim,
}: {
	directus(): Directus;
	receiver(): Receiver;
	post(title: string): Promise<{ id: number }>;
	aim(target: string): void;
}): void {
	it('sends what a template makes, with a secret in the address that is shown nowhere, and exports the log', async () => {
		const target = await publish(directus(), {
			url: `${receiver().url}/hooks/{{secret}}`,
			api_key: 'T000/B000/verysecret',
			schema: [RULE],
			options: { method: 'PUT', body: '{"text": "{{ change.fields.title }}", "by": "{{ change.user }}"}' },
		});
		aim(target);
		const { id } = await post('a "quoted" title');
		const [request] = await receiver().waitForCount(1);
		expect(request).toMatchObject({ method: 'PUT', path: '/hooks/T000/B000/verysecret' });
		expect(request?.json).toMatchObject({ text: 'a "quoted" title', by: expect.stringMatching(/^[0-9a-f-]{36}$/) });
		expect(request?.headers['authorization']).toBeUndefined();
		const [delivery] = await settled(directus(), target, 1);
		const shown = await directus().data('GET', `/downstream/deliveries/${delivery?.id}`);
		const asked = { collection: 'posts', event: 'update', keys: [String(id)], target };
		const preview = await directus().data<{ targets: { requests: { body: string }[] }[] }>(
			'POST',
			'/downstream/dry-run',
			asked,
		);
		expect(preview.targets[0]?.requests[0]?.body).toContain('a \\"quoted\\" title');
		const log = async (query: string) => {
			const headers = { authorization: `Bearer ${ADMIN.token}` };
			return fetch(`${directus().url}/downstream/deliveries/export?target=${target}&${query}`, { headers });
		};
		const lines = await (await log('attempts=true')).text();
		expect(
			lines
				.trimEnd()
				.split('\n')
				.map((line) => JSON.parse(line) as unknown),
		).toMatchObject([
			{ id: delivery?.id, status: 'delivered', target_name: 'Site', attempts: [{ outcome: 'delivered' }] },
		]);
		const csv = await log('format=csv');
		expect(csv.headers.get('content-disposition')).toMatch(/deliveries-.*\.csv/);
		expect((await csv.text()).split('\r\n')).toHaveLength(3);
		expect(JSON.stringify([shown, preview]) + lines).not.toMatch(/verysecret/);
	});
}
