import { describe, expect, it } from 'vitest';
import { changedFields, checkDraft, freshDraft, isDirty, readStored, type StoredTarget } from './draft.js';

const stored = (change: Partial<StoredTarget> = {}): StoredTarget => ({
	id: 'a',
	status: 'published',
	name: 'Shop',
	url: 'https://shop.example/flush',
	adapter: null,
	auth_header: null,
	api_key: '**********',
	signing_secret: null,
	schema: [{ collection: 'articles', note: 'kept' }],
	options: { batch_size: 5 },
	users_notification: [
		{ id: 7, directus_users_id: { id: 'u1', first_name: 'Ada', last_name: null, email: 'ada@example.com' } },
		{ id: 8, directus_users_id: null },
	],
	date_created: null,
	date_updated: null,
	...change,
});
const read = () => readStored(stored());

describe('what is sent on save', () => {
	it('is nothing while nothing changed, and never a mask', () => {
		expect(changedFields(read(), read())).toEqual({});
		expect(isDirty(read(), read())).toBe(false);
	});

	it('is only what changed', () => {
		const draft = { ...read(), name: ' Web shop ', options: { batch_size: 5, rate: 2 } };
		expect(changedFields(draft, read())).toEqual({ name: 'Web shop', options: { batch_size: 5, rate: 2 } });
	});

	it('has a secret only where one was typed or removed', () => {
		expect(changedFields({ ...read(), apiKey: '' }, read())).toEqual({});
		expect(changedFields({ ...read(), apiKey: 'new', signingSecret: null }, read())).toEqual({
			api_key: 'new',
			signing_secret: null,
		});
	});

	it('ignores layout, but treats another order as a change', () => {
		const start = read();
		expect(isDirty({ ...start, rules: JSON.stringify(JSON.parse(start.rules)) }, start)).toBe(false);
		const turned = '[{"note":"kept","collection":"articles"}]';
		expect(changedFields({ ...start, rules: turned }, start)['schema']).toEqual(JSON.parse(turned));
	});

	it('keeps rules that are no JSON back, though they are unsaved', () => {
		const draft = { ...read(), rules: '[{' };
		expect(changedFields(draft, read())).toEqual({});
		expect(isDirty(draft, read())).toBe(true);
	});

	it('makes and deletes junction rows of people', () => {
		const draft = { ...read(), people: [{ user: 'u2', name: 'Grace' }] };
		expect(changedFields(draft, read())['users_notification']).toEqual({
			create: [{ directus_users_id: 'u2' }],
			update: [],
			delete: [7],
		});
	});
});

describe('what is stored', () => {
	it('is shown also where it is text, and where that is broken', () => {
		expect(readStored(stored({ schema: '[{"name":"a"}]' })).rules).toBe('[\n  {\n    "name": "a"\n  }\n]');
		expect(readStored(stored({ schema: '[{' })).rules).toBe('[{');
		expect(readStored(stored({ schema: null, options: '{"rate":1}' }))).toMatchObject({
			rules: '[]',
			options: { rate: 1 },
		});
	});

	it('names people as well as it can', () => {
		expect(read().people).toEqual([{ user: 'u1', name: 'Ada', junction: 7 }]);
	});
});

it('names what is wrong with a URL', () => {
	const words = { urlMissing: 'missing', urlWrong: 'wrong' };
	const messages = (url: string) => checkDraft({ ...freshDraft(), url }, words).map(({ message }) => message);
	expect(messages(' ')).toEqual(['missing']);
	expect(messages('shop')).toEqual(['wrong']);
	expect(messages('ftp://shop.example')).toEqual(['wrong']);
	expect(messages('http://localhost:3000/x')).toEqual([]);
});
