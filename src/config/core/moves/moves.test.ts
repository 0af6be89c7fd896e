import { describe, expect, it } from 'vitest';
import type { Bundle, Snapshot } from '../../../contract/bundle.js';
import { baseElements, baseSchema, someMoves } from '../../../../test/config/moves.js';
import { movedBundle } from './move-bundle.js';
import { asMoved, contradictions, plannedMoves, renamedBy, reversed, type Move } from './move-names.js';
import { leadsOf, movedFilter, movedOptions, movedPath, movedTemplate } from './move-paths.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);

function base(): Bundle & { schema: Snapshot } {
	const schema: Snapshot = {
		version: 1,
		directus: '12.4.0',
		vendor: 'sqlite',
		collections: [],
		fields: [],
		relations: [],
	};
	baseSchema(schema);
	const bundle: Bundle & { schema: Snapshot } = { version: 1, directus: '12.4.0', schema, elements: {} };
	baseElements(bundle);
	return bundle;
}

const field = (collection: string, from: string, to: string): Move => ({ kind: 'fields', collection, from, to });
const leads = leadsOf(base().schema);

describe('names within paths, filters and templates', () => {
	const slug = { move: field('m_articles', 'slug', 'path'), leads };

	it('renames a field where the path is at its collection, and nowhere else', () => {
		expect(movedPath('slug', 'm_articles', slug)).toBe('path');
		expect(movedPath('slug', 'm_tags', slug)).toBe('slug');
		expect(movedPath('articles.slug', 'm_authors', slug)).toBe('articles.path');
		expect(movedPath('author.articles.slug', 'm_articles', slug)).toBe('author.articles.path');
		expect(movedPath('-slug', 'm_articles', slug)).toBe('-path');
		expect(movedPath('year(slug)', 'm_articles', slug)).toBe('year(path)');
		expect(movedPath('item:m_articles.slug', 'm_blocks', slug)).toBe('item:m_articles.path');
		expect(movedPath('*', 'm_articles', slug)).toBe('*');
	});

	it('renames keys of filters, and never their values', () => {
		const filter = { _or: [{ slug: { _eq: 'slug' } }, { author: { articles: { _some: { slug: { _null: true } } } } }] };
		expect(movedFilter(filter, 'm_articles', slug)).toEqual({
			_or: [{ path: { _eq: 'slug' } }, { author: { articles: { _some: { path: { _null: true } } } } }],
		});
	});

	it('renames within the braces of templates only', () => {
		expect(movedTemplate('slug {{ slug }} {{author.name}}', 'm_articles', slug)).toBe(
			'slug {{ path }} {{author.name}}',
		);
	});

	it('leaves labels alone', () => {
		expect(movedOptions({ label: 'slug', sortField: 'slug' }, 'm_articles', slug)).toEqual({
			label: 'slug',
			sortField: 'path',
		});
	});

	it('renames collections in scopes', () => {
		const move: Move = { kind: 'collections', from: 'm_tags', to: 'm_labels' };
		expect(movedPath('item:m_tags.label', 'm_blocks', { move, leads })).toBe('item:m_labels.label');
	});
});

describe(`a bundle after moves (seed ${SEED})`, () => {
	it('has no former names left, and is restored when all moves are reversed', () => {
		for (let index = 0; index < 40; index++) {
			const moves = someMoves(SEED + index);
			const before = base();
			const after = movedBundle(before, moves);
			const names = JSON.stringify(after);
			for (const move of moves)
				if (move.kind === 'collections') expect(names, `seed ${SEED + index}`).not.toContain(`"${move.from}"`);
			const places = after.schema?.fields.map((entry) => `${entry.collection}.${entry.field}`);
			expect(places).toEqual(
				before.schema.fields.map((entry) => renamedBy(`${entry.collection}.${entry.field}`, moves)),
			);
			expect(movedBundle(after, reversed(moves)), `seed ${SEED + index}`).toEqual(before);
		}
	});

	it('rewrites permissions, presets and panels', () => {
		const moves = [field('m_articles', 'slug', 'path'), field('m_tags', 'label', 'name')];
		const { elements } = movedBundle(base(), moves);
		expect(elements.permissions?.[0]?.['fields']).toEqual(['id', 'path', 'author']);
		expect(elements.presets?.[0]).toMatchObject({
			layout_query: { tabular: { fields: ['path', 'author.name', 'tags.m_tags_id.name'], sort: ['-rank'] } },
			layout_options: { tabular: { widths: { path: 200 } }, cards: { title: '{{ path }}' } },
		});
		expect(elements.panels?.[0]?.['options']).toMatchObject({
			displayTemplate: '{{path}}',
			filter: { path: { _nnull: true } },
		});
	});
});

describe('which moves are made', () => {
	const { schema } = base();
	const codes = (moved: Parameters<typeof plannedMoves>[0]) =>
		plannedMoves(moved, schema).issues.map(({ code }) => code);

	it('makes those whose former name is there, collections first', () => {
		const { moves } = plannedMoves(
			[
				{ from: 'm_articles.slug', to: 'm_posts.path' },
				{ from: 'm_articles', to: 'm_posts' },
				{ from: 'gone', to: 'm_tags' },
			],
			schema,
		);
		expect(moves).toEqual([
			{ kind: 'collections', from: 'm_articles', to: 'm_posts' },
			{ kind: 'fields', collection: 'm_posts', from: 'slug', to: 'path' },
		]);
	});

	it('goes through several names', () => {
		const moved = [
			{ from: 'm_tags', to: 'b' },
			{ from: 'b', to: 'c' },
		];
		expect(asMoved(plannedMoves(moved, schema).moves)).toEqual(moved);
	});

	it('refuses ambiguous or impossible moves', () => {
		expect(codes([{ from: 'm_tags', to: 'm_texts' }])).toEqual(['name_taken']);
		expect(codes([{ from: 'm_tags.label', to: 'm_texts.label' }])).toEqual(['impossible_move']);
		expect(codes([{ from: 'm_tags', to: 'm_texts.label' }])).toEqual(['impossible_move']);
		expect(codes([{ from: 'directus_users.x', to: 'directus_users.y' }])).toEqual(['impossible_move']);
	});

	it('refuses what the files contradict', () => {
		const { moves } = plannedMoves([{ from: 'm_tags', to: 'm_labels' }], schema);
		expect(contradictions(moves, schema)).toHaveLength(1);
		expect(contradictions(moves, movedBundle(base(), moves).schema ?? schema)).toEqual([]);
	});
});
