import { expect, it } from 'vitest';
import { readContentModel } from '../document/content-model.js';
import { magazine } from '../../../../test/fixtures/magazine.js';
import { recentItems, typedValue } from './recent-items.js';

it('asks for the newest by date where there is one, else by key', () => {
	const dated = {
		...magazine,
		fields: [
			...magazine.fields,
			{ collection: 'authors', field: 'touched', name: '', type: 'timestamp', meta: { special: ['date-updated'] } },
		],
	};
	const model = readContentModel(dated);
	expect(recentItems(model, 'authors')).toEqual({
		path: '/items/authors',
		params: { fields: 'code,name,touched', limit: 5, sort: '-touched' },
		key: 'code',
		label: 'name',
	});
	expect(recentItems(model, 'articles')).toMatchObject({ params: { sort: '-id' }, label: 'title' });
	expect(recentItems(model, 'directus_users')).toMatchObject({ path: '/users', label: 'email' });
});

it('reads what was typed in the type of its field', () => {
	expect(typedValue('7', 'integer')).toBe(7);
	expect(typedValue('7', 'string')).toBe('7');
	expect(typedValue('false', 'boolean')).toBe(false);
	expect(typedValue('{', 'json')).toBe('{');
	expect(typedValue('', 'string')).toBeNull();
});
