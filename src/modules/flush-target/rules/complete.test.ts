import { describe, expect, it } from 'vitest';
import { FILTER_OPERATORS } from '../../../kernel/filter/filter-operators.js';
import { readContentModel } from '../document/content-model.js';
import { magazine } from '../../../../test/fixtures/magazine.js';
import { completeAt } from './complete.js';

const model = readContentModel(magazine);
/** `|` is the cursor. */
const at = (marked: string) => completeAt(marked.replace('|', ''), marked.indexOf('|'), model);
const labels = (marked: string) => at(marked)?.choices.map(({ label }) => label) ?? [];
/** The text after the choice of that name was taken. */
function taking(label: string, marked: string): string {
	const text = marked.replace('|', '');
	const completion = at(marked);
	const choice = completion?.choices.find((candidate) => candidate.label === label);
	if (!completion || !choice) return `nothing of that name; there are ${labels(marked).join(', ')}`;
	return text.slice(0, completion.from) + choice.insert + text.slice(completion.to);
}
const rule = (rest: string) => `[{ "collection": "articles", ${rest} }]`;

describe('completion', () => {
	it('offers the keys that a rule has not got yet, also in the older spelling', () => {
		expect(labels('[{ "collection": "articles", "|" }]')).toEqual([
			'events',
			'payload',
			'when',
			'changed',
			'via',
			'at',
			'tags',
			'paths',
		]);
		expect(labels('[{ "name": "articles", "fields": [], "c|" }]')).toEqual(['changed']);
		expect(taking('payload', '[{ "pay|" }]')).toBe('[{ "payload": [] }]');
		expect(taking('payload', '[{ "pay|": ["id"] }]')).toBe('[{ "payload": ["id"] }]');
		expect(taking('events', '[{ | }]')).toBe('[{ "events": ["create", "update", "delete"] }]');
	});

	it('offers collections by name', () => {
		expect(labels('[{ "collection": "a|" }]')).toEqual(['articles', 'authors', 'articles_blocks']);
		expect(taking('authors', '[{ "collection": "au|" }]')).toBe('[{ "collection": "authors" }]');
		expect(taking('authors', '[{ "collection": | }]')).toBe('[{ "collection": "authors" }]');
		expect(taking('authors', '[{ "collection": "aut|\n }]')).toBe('[{ "collection": "authors"\n }]');
	});

	it('offers events and fields in lists', () => {
		expect(labels(rule('"events": ["|"]'))).toEqual(['create', 'update', 'delete']);
		expect(labels(rule('"payload": ["|"]'))).toEqual(['id', 'title', 'slug', 'status', 'author', 'blocks']);
		expect(taking('slug', rule('"payload": ["id", |]'))).toBe(rule('"payload": ["id", "slug"]'));
	});

	it('follows relations, and keeps what stands before the dot', () => {
		expect(labels(rule('"payload": ["author.|"]'))).toEqual(['code', 'name', 'articles']);
		expect(taking('name', rule('"payload": ["author.na|me"]'))).toBe(rule('"payload": ["author.name"]'));
		expect(labels(rule('"payload": ["blocks.item|"]'))).toEqual(['item', 'item:authors', 'item:articles']);
		expect(labels(rule('"via": ["|"]'))).toEqual(['author', 'blocks']);
	});

	it('offers fields within the braces of a template only', () => {
		expect(taking('slug', rule('"paths": ["/blog/{{sl|"]'))).toBe(rule('"paths": ["/blog/{{slug}}"]'));
		expect(taking('name', rule('"tags": ["a:{{author.n|}}"]'))).toBe(rule('"tags": ["a:{{author.name}}"]'));
		expect(at(rule('"paths": ["/bl|og"]'))).toBeNull();
	});

	it('offers every operator that the server takes', () => {
		const offered = labels(rule('"when": { "status": { | } }'));
		expect(offered).toContain('_nicontains');
		expect(offered.toSorted()).toEqual([...FILTER_OPERATORS].toSorted());
	});

	it('knows filters: fields, relations, combinations, operators', () => {
		expect(labels(rule('"when": { "|" }'))).toContain('_and');
		expect(labels(rule('"when": { "_and": [{ "st|" }] }'))).toEqual(['status']);
		expect(labels(rule('"when": { "author": { "na|" } }'))).toEqual(['name']);
		expect(taking('_eq', rule('"when": { "status": { "_e|" } }'))).toBe(rule('"when": { "status": { "_eq":  } }'));
	});

	it('says nothing where it knows nothing', () => {
		expect(at('|')).toBeNull();
		expect(at(rule('"events": "|"'))).toBeNull();
		expect(at('[{ "collection": "nowhere", "payload": ["|"] }]')).toBeNull();
		expect(at(rule('"when": { "unheard": { "|" } }'))).toBeNull();
	});

	it('knows the keys, words and fields of a remote source’s rule', () => {
		const ofSync = (marked: string) =>
			completeAt(marked.replace('|', ''), marked.indexOf('|'), model, 'sync')?.choices.map(({ label }) => label) ?? [];
		expect(ofSync('[{ "collection": "articles", "fields": [], "dir|" }]')).toEqual(['direction']);
		expect(ofSync(rule('"direction": "|"'))).toEqual(['push', 'pull', 'both']);
		expect(ofSync(rule('"fields": ["|"]'))).toContain('title');
		expect(ofSync(rule('"payload": ["|"]'))).toEqual([]);
	});
});
