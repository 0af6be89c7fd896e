import type { Bundle, Snapshot } from '../../src/contract/bundle.js';
import { type Move } from '../../src/config/core/moves/move-names.js';
import { randomFrom } from '../kit/random.js';
import { add, KEY, relate, UUID_KEY } from './edit-schema.js';

/** Tables with one of every shape that a field can have, for new names. */
export function baseSchema(schema: Snapshot): void {
	add(schema, 'm_authors', { id: UUID_KEY, name: {}, articles: { type: 'alias', meta: { special: ['o2m'] } } });
	add(schema, 'm_articles', {
		id: KEY,
		slug: { schema: { is_unique: true, max_length: 190 }, meta: { interface: 'input' } },
		rank: { type: 'integer', schema: { is_indexed: true, is_nullable: false, default_value: 3 } },
		extra: { type: 'json', meta: { special: ['cast-json'] } },
		made: { type: 'timestamp', schema: { default_value: 'now()' } },
		author: {
			type: 'uuid',
			meta: { special: ['m2o'], interface: 'select-dropdown-m2o', options: { template: '{{name}}' } },
		},
		tags: { type: 'alias', meta: { special: ['m2m'], options: { template: '{{m_tags_id.label}}' } } },
		translations: { type: 'alias', meta: { special: ['translations'] } },
		blocks: { type: 'alias', meta: { special: ['m2a'] } },
		group: { type: 'alias', meta: { special: ['alias', 'no-data', 'group'], interface: 'group-detail' } },
		inside: { meta: { group: 'group', conditions: [{ name: 'c', rule: { _and: [{ slug: { _empty: true } }] } }] } },
	});
	add(schema, 'm_tags', { id: KEY, label: {} });
	add(schema, 'm_articles_tags', { id: KEY, m_articles_id: { type: 'integer' }, m_tags_id: { type: 'integer' } });
	add(schema, 'm_texts', { id: KEY, m_articles_id: { type: 'integer' }, language: {}, title: {} });
	add(schema, 'm_blocks', { id: KEY, m_articles_id: { type: 'integer' }, item: {}, collection: {} });
	const articles = schema.collections.find(({ collection }) => collection === 'm_articles');
	if (articles)
		articles['meta'] = {
			collection: 'm_articles',
			display_template: '{{slug}} {{author.name}}',
			sort_field: 'rank',
			archive_field: 'inside',
		};
	const link = (collection: string, field: string, related: string, meta: Record<string, unknown>) => {
		relate(schema, collection, field, related);
		const relation = schema.relations.at(-1);
		if (relation) relation['meta'] = { ...Object(relation['meta']), ...meta };
	};
	link('m_articles', 'author', 'm_authors', { one_field: 'articles', sort_field: 'rank' });
	link('m_articles_tags', 'm_articles_id', 'm_articles', { one_field: 'tags', junction_field: 'm_tags_id' });
	link('m_articles_tags', 'm_tags_id', 'm_tags', { junction_field: 'm_articles_id' });
	link('m_texts', 'm_articles_id', 'm_articles', { one_field: 'translations' });
	link('m_blocks', 'm_articles_id', 'm_articles', { one_field: 'blocks', junction_field: 'item' });
	schema.relations.push({
		collection: 'm_blocks',
		field: 'item',
		related_collection: null,
		meta: {
			many_collection: 'm_blocks',
			many_field: 'item',
			one_collection: null,
			one_collection_field: 'collection',
			one_allowed_collections: ['m_tags', 'm_authors'],
			junction_field: 'm_articles_id',
		},
		schema: null,
	});
}

const AUTHOR = '0a0a0a0a-0000-4000-8000-000000000001';
const DASHBOARD = '0d0d0d0d-0000-4000-8000-000000000001';
const POLICY = '0b0b0b0b-0000-4000-8000-000000000001';

/** In the order in which they can be inserted. */
export const ROWS: Record<string, Record<string, unknown>[]> = {
	m_authors: [{ id: AUTHOR, name: 'Ann' }],
	m_articles: [
		{ id: 1, slug: 'one', rank: 1, extra: '{"a":1}', author: AUTHOR, inside: 'x' },
		{ id: 2, slug: 'two', rank: 2, extra: null, author: null, inside: null },
	],
	m_tags: [{ id: 7, label: 'Blue' }],
	m_articles_tags: [{ id: 1, m_articles_id: 1, m_tags_id: 7 }],
	m_texts: [{ id: 1, m_articles_id: 1, language: 'en', title: 'One' }],
	m_blocks: [{ id: 1, m_articles_id: 1, item: '7', collection: 'm_tags' }],
};

/** Elements that name these tables and their fields in every way. */
export function baseElements({ elements }: Bundle): void {
	const add_ = (kind: keyof Bundle['elements'], element: Record<string, unknown>) => {
		const list = (elements[kind] ??= []);
		list.push({ _syncId: `0e0e0e0e-0000-4000-8000-${String(list.length).padStart(12, '0')}`, ...element });
	};
	add_('policies', { _syncId: POLICY, name: 'Moves', admin_access: false, app_access: false, roles: [] });
	add_('permissions', {
		_syncId: '0c0c0c0c-0000-4000-8000-000000000001',
		policy: POLICY,
		collection: 'm_articles',
		action: 'read',
		permissions: {},
		validation: null,
		presets: { rank: 4 },
		fields: ['id', 'slug', 'author'],
	});
	add_('presets', {
		_syncId: '0c0c0c0c-0000-4000-8000-000000000002',
		bookmark: 'Moves',
		role: null,
		collection: 'm_articles',
		search: null,
		layout: 'tabular',
		layout_query: { tabular: { fields: ['slug', 'author.name', 'tags.m_tags_id.label'], sort: ['-rank'] } },
		layout_options: { tabular: { widths: { slug: 200 } }, cards: { title: '{{ slug }}' } },
		filter: {
			_and: [{ author: { name: { _eq: 'slug' } } }, { tags: { _some: { m_tags_id: { label: { _eq: 'a' } } } } }],
		},
	});
	const [flow, step] = ['0f0f0f0f-0000-4000-8000-000000000001', '0f0f0f0f-0000-4000-8000-000000000002'];
	add_('flows', {
		_syncId: flow,
		name: 'Moves',
		status: 'inactive',
		trigger: 'event',
		accountability: 'all',
		options: { type: 'action', scope: ['items.update'], collections: ['m_articles'] },
		operation: step,
	});
	add_('operations', {
		_syncId: step,
		flow,
		name: 'Say',
		key: 'say',
		type: 'log',
		position_x: 19,
		position_y: 1,
		options: { message: 'slug: {{ $trigger.payload.slug }} by {{$trigger.payload.author.name}}' },
		resolve: null,
		reject: null,
	});
	add_('dashboards', { _syncId: DASHBOARD, name: 'Moves' });
	add_('panels', {
		_syncId: '0c0c0c0c-0000-4000-8000-000000000003',
		dashboard: DASHBOARD,
		name: 'Moves',
		type: 'list',
		position_x: 1,
		position_y: 1,
		width: 10,
		height: 10,
		show_header: true,
		options: {
			collection: 'm_articles',
			sortField: 'rank',
			displayTemplate: '{{slug}}',
			filter: { slug: { _nnull: true } },
		},
	});
}

/** The names that may change, each with another one. */
const NAMES: Move[] = [
	{ kind: 'collections', from: 'm_authors', to: 'm_people' },
	{ kind: 'collections', from: 'm_articles', to: 'm_posts' },
	{ kind: 'collections', from: 'm_tags', to: 'm_labels' },
	{ kind: 'collections', from: 'm_articles_tags', to: 'm_links' },
	{ kind: 'collections', from: 'm_texts', to: 'm_words' },
	{ kind: 'collections', from: 'm_blocks', to: 'm_parts' },
	...['id', 'slug', 'rank', 'extra', 'made', 'author', 'tags', 'translations', 'blocks', 'group', 'inside'].map(
		(from): Move => ({ kind: 'fields', collection: 'm_articles', from, to: `${from}_new` }),
	),
	...(
		[
			['m_authors', 'id'],
			['m_authors', 'articles'],
			['m_tags', 'label'],
			['m_articles_tags', 'm_articles_id'],
			['m_articles_tags', 'm_tags_id'],
			['m_texts', 'm_articles_id'],
			['m_texts', 'title'],
			['m_blocks', 'item'],
			['m_blocks', 'collection'],
		] as const
	).map(([collection, from]): Move => ({ kind: 'fields', collection, from, to: `${from}_new` })),
];

/** Some of them; fields of a collection that moves as well are in its new name. */
export function someMoves(seed: number, share = 0.5): Move[] {
	const random = randomFrom(seed);
	const chosen = NAMES.filter(() => random() < share);
	const next = new Map(chosen.flatMap((move) => (move.kind === 'collections' ? [[move.from, move.to]] : [])));
	return chosen.map((move) =>
		move.kind === 'fields' ? { ...move, collection: next.get(move.collection) ?? move.collection } : move,
	);
}

export const allMoves = (): Move[] => someMoves(1, 2);
