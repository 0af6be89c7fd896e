import { describe, expect, it } from 'vitest';
import { syncRule } from '../../../../schema.js';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { compileSyncRules } from './compile-sync-rules.js';
import { holdsOf, keepsBack, newlyHeld, releasedBy, type Hold, type Holds } from './held-back.js';
import type { CollectionOffer } from '../../../contract/sync-messages.js';
import { offerOf } from './offer-of.js';

const ALL = { create: new Set(['*']), update: new Set(['*']), read: new Set<string>(), delete: true };
const rules = compileSyncRules(
	[
		syncRule.parse({ collection: 'articles', fields: ['title', 'slug'] }),
		syncRule.parse({ collection: 'tags', fields: ['label'] }),
	],
	'source',
	SYNC_SCHEMA,
);
const source = { rules, off: [], name: 'Paris' };
const hold = (more: Partial<Hold> = {}): Hold => ({ stop: null, fields: {}, refused: [], off: false, ...more });

function held(change: (articles: CollectionOffer) => void) {
	const articles = offerOf('articles', SYNC_SCHEMA, ALL);
	change(articles);
	return holdsOf(
		source,
		new Map([
			['articles', articles],
			['tags', offerOf('tags', SYNC_SCHEMA, ALL)],
		]),
	);
}

describe('what is held back', () => {
	it('is nothing where all fits, or as long as nobody was asked', () => {
		expect(held(() => {})).toEqual({});
		expect(holdsOf(source, new Map())).toEqual({});
	});

	it('is a field, a whole collection, and never another one', () => {
		const field = held((offer) => delete offer.fields['slug']);
		expect(field).toEqual({ articles: hold({ fields: { slug: expect.stringMatching(/no field "slug"/) as string } }) });
		const all = held((offer) => (offer.exists = false));
		expect(all).toMatchObject({ articles: { stop: expect.stringMatching(/no collection "articles"/) as string } });
		expect(Object.keys(all)).toEqual(['articles']);
		expect([keepsBack(field['articles']), keepsBack(all['articles']), keepsBack(null)]).toEqual([true, true, false]);
	});

	it('is not what is only refused, which is sent all the same', () => {
		const found = held((offer) => Object.assign(offer.fields['slug'] ?? {}, { create: false, update: false }));
		expect(found).toEqual({ articles: hold({ refused: ['slug'] }) });
		expect(keepsBack(found['articles'])).toBe(false);
	});

	it('is told once, with the reason', () => {
		const now = held((offer) => delete offer.fields['slug']);
		expect(newlyHeld({}, now)).toEqual([expect.stringMatching(/^slug of articles is not sent: Paris has no field/)]);
		expect(newlyHeld({ articles: hold({ fields: { slug: '' } }) }, now)).toEqual([]);
		expect(newlyHeld({ articles: hold({ stop: 'why' }) }, { articles: hold({ stop: 'another' }) })).toEqual([
			'nothing of articles is sent: another',
		]);
	});
});

describe('what flows again', () => {
	const sent = new Set(['articles', 'tags']);
	const none = { collections: [], again: [], unwatched: [] };

	it.each([
		['a collection that was stopped', hold({ stop: 'why' }), undefined, { collections: ['articles'] }],
		['rows that arrived without a field', hold({ fields: { slug: '' } }), undefined, { again: ['articles'] }],
		['rows of which a field was refused', hold({ refused: ['slug'] }), undefined, { again: ['articles'] }],
		['a rule that was off', hold({ off: true }), undefined, { unwatched: ['articles'] }],
		[
			'one of two fields',
			hold({ fields: { slug: '', title: '' } }),
			hold({ fields: { slug: '' } }),
			{ again: ['articles'] },
		],
	])('is %s', (_, before, after, expected) => {
		const now: Holds = after ? { articles: after } : {};
		expect(releasedBy({ articles: before }, now, sent)).toEqual({ ...none, ...expected });
	});

	it('is nothing that is held back for another reason now, or that no rule sends any more', () => {
		const before = { articles: hold({ stop: 'why', fields: { slug: '' } }) };
		expect(releasedBy(before, { articles: hold({ stop: 'another' }) }, sent)).toEqual(none);
		expect(
			releasedBy({ articles: hold({ fields: { slug: '' } }) }, { articles: hold({ refused: ['slug'] }) }, sent),
		).toEqual(none);
		expect(releasedBy(before, {}, new Set(['tags']))).toEqual(none);
	});
});
