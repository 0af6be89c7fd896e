import { describe, expect, it } from 'vitest';
import { baseElements, baseSchema } from '../../../../test/config/moves.js';
import { flushRule } from '../../../../schema.js';
import { ELEMENT_KINDS, type Bundle, type Snapshot } from '../../../contract/bundle.js';
import type { ConfigState } from '../elements/config-state.js';
import { flowDataOf, movedFlowData } from './move-flow-data.js';
import type { Move } from './move-names.js';
import { leadsOf } from './move-paths.js';
import { movedFlushRule, movedLiquid, movedTarget, rulesThatName, type TargetRules } from './move-rules.js';
import { moveSteps } from './move-steps.js';

const snapshot: Snapshot = {
	version: 1,
	directus: '12.4.0',
	vendor: 'sqlite',
	collections: [],
	fields: [],
	relations: [],
};
baseSchema(snapshot);
const leads = leadsOf(snapshot);
const slug = { move: { kind: 'fields', collection: 'm_articles', from: 'slug', to: 'path' } satisfies Move, leads };
const posts = { move: { kind: 'collections', from: 'm_articles', to: 'm_posts' } satisfies Move, leads };

const RULE = {
	collection: 'm_articles',
	events: ['create', 'update', 'delete'],
	payload: ['slug', 'author.name'],
	when: { _and: [{ slug: { _eq: 'slug' } }] },
	changed: ['slug'],
	via: ['author'],
	tags: ['article:{{id}}', "slug:{{ slug | downcase | append: 'slug' }}"],
	paths: ['/slug/{{slug}}', '/{{ tags.m_tags_id.label }}/{{ slug | slice: 0, slug.size }}'],
};

describe('rules of flush targets after a move', () => {
	it('name a field as it is called then, in every place', () => {
		const after = movedFlushRule(RULE, slug);
		expect(after).toEqual({
			...RULE,
			payload: ['path', 'author.name'],
			when: { _and: [{ path: { _eq: 'slug' } }] },
			changed: ['path'],
			tags: ['article:{{id}}', "slug:{{ path | downcase | append: 'slug' }}"],
			paths: ['/slug/{{path}}', '/{{ tags.m_tags_id.label }}/{{ path | slice: 0, path.size }}'],
		});
		expect(flushRule.safeParse(after).success).toBe(true);
	});

	it('name a field of a related collection', () => {
		const rewriting = {
			move: { kind: 'fields', collection: 'm_tags', from: 'label', to: 'name' } satisfies Move,
			leads,
		};
		expect(movedFlushRule(RULE, rewriting)).toMatchObject({
			paths: ['/slug/{{slug}}', '/{{ tags.m_tags_id.name }}/{{ slug | slice: 0, slug.size }}'],
		});
	});

	it('name a collection, in the older spelling and in the options too', () => {
		expect(movedFlushRule({ name: 'm_articles', fields: ['slug'] }, posts)).toEqual({
			name: 'm_posts',
			fields: ['slug'],
		});
		expect(movedFlushRule({ name: 'm_articles', fields: ['slug'] }, slug)).toEqual({
			name: 'm_articles',
			fields: ['path'],
		});
		const target = of('flush', {
			rules: [RULE],
			options: { collections: ['m_articles', 'x'], at: { m_articles: ['made'] } },
		});
		expect(movedTarget(target, posts)).toMatchObject({
			rules: [{ ...RULE, collection: 'm_posts' }],
			options: { collections: ['m_posts', 'x'], at: { m_posts: ['made'] } },
		});
	});

	it('are the same ones where they name nothing of it', () => {
		const other = of('flush', { rules: [{ ...RULE, collection: 'other' }], options: { rate: 3 } });
		expect(movedTarget(other, slug)).toBe(other);
		const broken = of('flush', { rules: 'no list', options: null });
		expect(movedTarget(broken, slug)).toBe(broken);
	});

	it('keep names of filters, texts and arguments', () => {
		const date = { move: { kind: 'fields', collection: 'm_articles', from: 'date', to: 'day' } satisfies Move, leads };
		expect(movedLiquid(`{{ date | date: "date" }}-date-{{ date.x }}`, 'm_articles', date)).toBe(
			`{{ day | date: "date" }}-date-{{ day.x }}`,
		);
	});
});

describe('rules of remotes', () => {
	const remote = (rule: object) => of('sync', { rules: [{ collection: 'other', fields: ['*'] }, rule] });

	it('stay, and those that name what is renamed are told', () => {
		const rules = { collection: 'm_articles', fields: ['slug'] };
		expect(movedTarget(remote(rules), posts)).toEqual(remote(rules));
		expect(rulesThatName(remote(rules), posts)).toEqual([1]);
		expect(rulesThatName(remote(rules), slug)).toEqual([1]);
		expect(rulesThatName(remote({ ...rules, fields: ['*'] }), slug)).toEqual([1]);
		expect(rulesThatName(remote({ ...rules, fields: ['rank'] }), slug)).toEqual([]);
		expect(rulesThatName(remote({ ...rules, fields: ['rank'], when: { slug: { _null: false } } }), slug)).toEqual([1]);
		expect(rulesThatName(remote({ ...rules, fields: ['rank'], on_arrival: { create: { slug: 'x' } } }), slug)).toEqual([
			1,
		]);
	});
});

describe('what operations read of earlier steps', () => {
	const flows = [{ id: 'f', trigger: 'event', options: { collections: ['m_articles'], scope: ['items.create'] } }];
	const operations = [
		{
			id: 'a',
			flow: 'f',
			key: 'read',
			type: 'item-read',
			options: { collection: 'm_tags' },
			resolve: 'b',
			reject: null,
		},
		{ id: 'b', flow: 'f', key: 'say', type: 'log', options: {}, resolve: null, reject: null },
	];
	const data = flowDataOf(flows, operations, 'id').get('b') ?? new Map();
	const label = { move: { kind: 'fields', collection: 'm_tags', from: 'label', to: 'name' } satisfies Move, leads };

	it.each([
		['{{$trigger.payload.slug}} slug', '{{$trigger.payload.path}} slug', slug],
		['{{ $trigger.payload.author.articles[0].slug }}', '{{ $trigger.payload.author.articles[0].path }}', slug],
		['{{ $trigger.body.slug }}', '{{ $trigger.body.slug }}', slug],
		['{{ $last.slug }}', '{{ $last.slug }}', slug],
		['{{ $last[0].label }} {{read.1.label}}', '{{ $last[0].name }} {{read.1.name}}', label],
		['m_articles.items.create', 'm_posts.items.create', posts],
	])('%s becomes %s', (before, after, rewriting) => {
		expect(movedFlowData(before, data, rewriting)).toBe(after);
	});

	it('conditions too', () => {
		const filter = {
			_and: [{ $trigger: { payload: { slug: { _eq: 'slug' } } } }, { $last: { label: { _null: true } } }],
		};
		expect(movedFlowData({ filter }, data, slug)).toEqual({
			filter: { _and: [{ $trigger: { payload: { path: { _eq: 'slug' } } } }, { $last: { label: { _null: true } } }] },
		});
		expect(movedFlowData({ filter }, data, label)).toMatchObject({ filter: { _and: [{}, { $last: { name: {} } }] } });
	});

	it('not where several collections start the flow', () => {
		const two = [{ ...flows[0], options: { collections: ['m_articles', 'm_tags'] } }];
		const unknown = flowDataOf(two, operations, 'id').get('a') ?? new Map();
		expect(movedFlowData('{{$trigger.payload.slug}}', unknown, slug)).toBe('{{$trigger.payload.slug}}');
	});
});

describe('a plan', () => {
	it('names what follows, and what somebody has to change by hand', () => {
		const bundle: Bundle = { version: 1, directus: '12.4.0', schema: snapshot, elements: {} };
		baseElements(bundle);
		const rows = Object.fromEntries(
			ELEMENT_KINDS.map((kind) => [
				kind,
				(bundle.elements[kind] ?? []).map(({ _syncId, ...row }) => ({ id: _syncId, ...row })),
			]),
		) as unknown as ConfigState['rows'];
		rows.flows = [{ id: 'f', name: 'Mail', trigger: 'event', options: { collections: ['m_articles'] } }];
		const operation = (id: string, options: object) => ({ id, flow: 'f', key: id, name: id, type: 'exec', options });
		rows.operations = [
			operation('code', { code: 'return data.$trigger.payload.slug' }),
			operation('url', { url: 'https://x.example/items/m_articles/1', body: '{{ $env.slug }}' }),
			operation('follows', { message: '{{ $trigger.payload.slug }}' }),
		];
		const targets = [
			of('flush', { name: 'Website', rules: [RULE], options: null }),
			of('sync', { name: 'Staging', rules: [{ collection: 'm_articles', fields: ['slug'] }], options: null }),
		];
		const state = { rows, snapshot, targets } as unknown as ConfigState;
		const [field] = moveSteps(state, [slug.move]);
		expect(field?.change.impact.join('\n')).toContain('the rules of "Website" follow');
		expect(field?.change.impact.join('\n')).toContain('1 operation');
		expect(field?.notes.map(({ message }) => message)).toEqual([
			expect.stringContaining('remote "Staging" syncs "m_articles.slug" by its rule 1'),
			'operation "code" of flow "Mail" still has "slug" in code',
			'operation "url" of flow "Mail" still has "slug" in body',
		]);
		const [collection] = moveSteps(state, [posts.move]);
		expect(collection?.notes.map(({ message }) => message)).toEqual([
			expect.stringContaining('remote "Staging" syncs "m_articles" by its rule 1'),
			'operation "url" of flow "Mail" still has "m_articles" in url',
		]);
		expect(collection?.step.rows).toContainEqual({
			table: 'cache_flush_targets',
			where: { id: 'Website' },
			values: { schema: [{ ...RULE, collection: 'm_posts' }] },
		});
	});
});

const of = (kind: TargetRules['kind'], values: Partial<TargetRules>): TargetRules => ({
	kind,
	id: values.name ?? 'one',
	name: 'One',
	rules: [],
	options: {},
	...values,
});
