import { expect, it } from 'vitest';
import type { RulesWorld } from './rules-meaning.js';

const ALL = ['create', 'update', 'delete'];

/** What a receiver is told that it can act by. */
export function toldByRules({ directus, receiver, rules, make, change, remove, sent }: RulesWorld): void {
	it('says what has become of an item, and reads within JSON', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['seo.slug'],
			changed: ['seo.slug'],
			when: { title: { _starts_with: 'shown' } },
			paths: ['/seo/{{ seo.slug }}'],
		});
		const { id } = await make('articles', { title: 'draft', seo: { slug: 'a', score: 1 } });
		expect(await sent()).toEqual([]);
		await change('articles', id, { title: 'shown' });
		expect(await sent()).toMatchObject([
			{ event: 'update', type: 'published', fields: { id, seo: { slug: 'a' } }, paths: ['/seo/a'] },
		]);
		receiver().clear();
		await change('articles', id, { seo: { slug: 'a', score: 2 } });
		await change('articles', id, { seo: { slug: 'b', score: 2 } });
		const updated = await sent();
		expect(updated).toMatchObject([
			{ type: 'updated', fields: { seo: { slug: 'b' } }, previous: { seo: { slug: 'a' } } },
		]);
		expect(updated[0]?.paths?.toSorted()).toEqual(['/seo/a', '/seo/b']);
		receiver().clear();
		await change('articles', id, { title: 'hidden' });
		expect(await sent()).toMatchObject([{ event: 'update', type: 'unpublished', gone: true, paths: ['/seo/b'] }]);
		receiver().clear();
		await change('articles', id, { title: 'shown again' });
		await remove('articles', id);
		expect((await sent()).at(-1)).toMatchObject({ event: 'delete', type: 'deleted', gone: true, paths: ['/seo/b'] });
	});

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
