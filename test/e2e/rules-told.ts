import { expect, it } from 'vitest';
import type { RulesWorld } from './rules-meaning.js';

const ALL = ['create', 'update', 'delete'];

/** What a receiver is told that it can act by. */
export function toldByRules({ directus, receiver, rules, make, sent }: RulesWorld): void {
	it('tells a preview site of drafts by a rule about versions, and of nothing that they hold', async () => {
		const { id } = await make('articles', { title: 'as it is' });
		await rules({
			collection: 'directus_versions',
			events: ALL,
			payload: ['collection', 'item', 'key'],
			when: { collection: { _eq: 'articles' } },
			tags: ['{{collection}}-{{item}}'],
			paths: ['/preview/{{collection}}/{{item}}?version={{key}}'],
		});
		const draft = { collection: 'articles', item: String(id), key: `draft${id}`, name: 'Draft' };
		const version = await directus().data<{ id: string }>('POST', '/versions', draft);
		const about = {
			collection: 'directus_versions',
			fields: { id: version.id, collection: 'articles', item: String(id), key: draft.key },
			tags: [`articles-${id}`],
			paths: [`/preview/articles/${id}?version=${draft.key}`],
		};
		expect(await sent()).toMatchObject([{ ...about, type: 'created' }]);
		receiver().clear();
		await directus().request('POST', `/versions/${version.id}/save`, { title: 'only in the draft' });
		const saved = await sent();
		expect(saved).toMatchObject([{ ...about, type: 'updated', user: expect.any(String) }]);
		expect(JSON.stringify(saved)).not.toContain('only in the draft');
		receiver().clear();
		await directus().request('DELETE', `/versions/${version.id}`);
		expect(await sent()).toMatchObject([{ ...about, type: 'deleted', gone: true }]);
	});
}
