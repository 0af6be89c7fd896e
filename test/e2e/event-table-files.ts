import { expect, it } from 'vitest';
import type { Probe } from './event-probe.js';

/** Files, and versions of items. */
export function fileAndVersionEvents(the: () => Probe): void {
	const send = (method: string, path: string, body?: unknown) => the().directus.request(method, path, body);

	it('a file: uploaded, described, replaced, deleted', async () => {
		const { sentBy, upload } = the();
		let id = '';
		// Directus writes a file's size and measures once the file is there, and tells nobody: an update, by itself where the
		// creation was sent before it.
		const [created, ...measured] = await sentBy(async () => ({ id } = await upload('f', 'one')));
		expect(created).toBe('directus_files create f');
		expect(measured.every((entry) => entry === 'directus_files update f')).toBe(true);
		expect(await sentBy(() => send('PATCH', `/files/${id}`, { title: 'g' }))).toEqual(['directus_files update g']);
		const replaced = await sentBy(() => upload('g', 'two', 'PATCH', id));
		expect([...new Set(replaced)]).toEqual(['directus_files update g']);
		expect(await sentBy(() => send('DELETE', `/files/${id}`))).toEqual(['directus_files delete g']);
	});

	it('a version: making and saving it sends nothing, promoting it is an update', async () => {
		const { sentBy, make, directus } = the();
		const { id } = await make('articles', { title: 'published' });
		let version = '';
		expect(
			await sentBy(async () => {
				const made = await directus.data<{ id: string }>('POST', '/versions', {
					collection: 'articles',
					item: String(id),
					key: `v${id}`,
					name: 'V',
				});
				version = made.id;
				await send('POST', `/versions/${version}/save`, { title: 'from version' });
			}),
		).toEqual([]);
		const compared = await directus.data<{ mainHash: string }>('GET', `/versions/${version}/compare`);
		expect(await sentBy(() => send('POST', `/versions/${version}/promote`, { mainHash: compared.mainHash }))).toEqual([
			'articles update from version',
		]);
	});
}
