import { describe, expect, it } from 'vitest';
import type { SchemaOverview } from '@directus/types';
import { syncRule } from '../../../../schema.js';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { compileSyncRules } from './compile-sync-rules.js';
import type { CollectionOffer } from '../../../contract/sync-messages.js';
import { offerOf } from './offer-of.js';
import { fitSchema } from './schema-fit.js';
import type { SyncField } from './sync-model.js';

const ALL = { create: new Set(['*']), update: new Set(['*']), read: new Set<string>(), delete: true };
const compile = (...rules: object[]) =>
	compileSyncRules(
		rules.map((rule) => syncRule.parse(rule)),
		'source',
		SYNC_SCHEMA,
	);

/** How a rule for articles fits a remote with the same schema, apart from `change`. */
function fit(rule: object, change: (offer: CollectionOffer) => void = () => {}, schema: SchemaOverview = SYNC_SCHEMA) {
	const [compiled] = compile({ collection: 'articles', ...rule });
	if (!compiled) throw new Error('a rule was given');
	const offer = offerOf(compiled.model.collection, schema, ALL);
	change(offer);
	const { fields, stops, warnings } = fitSchema(compiled, offer, 'Paris');
	const told = (issues: { path: string; code: string }[]) => issues.map(({ path, code }) => `${path} ${code}`);
	return { fields: Object.fromEntries(fields), stops: told(stops), warnings: told(warnings), stopped: stops };
}

const fields = ['title', 'slug', 'author'];
const change = (name: string, more: Partial<CollectionOffer['fields'][string]>) => (offer: CollectionOffer) => {
	const field = offer.fields[name];
	if (field) Object.assign(field, more);
};

describe('fitSchema', () => {
	it('has nothing to say of two instances that are alike', () => {
		expect(fit({ fields: ['*'] })).toMatchObject({ stops: [], warnings: [] });
		expect(fit({ fields })).toMatchObject({
			fields: { title: 'fits', slug: 'fits', author: 'fits' },
			stops: [],
			warnings: [],
		});
	});

	it('holds back a field that the remote lacks, and sends the others', () => {
		const found = fit({ fields }, (offer) => delete offer.fields['slug']);
		expect(found).toMatchObject({
			fields: { title: 'fits', slug: 'missing', author: 'fits' },
			stops: [],
			warnings: ['/schema/0/fields/1 missing'],
		});
	});

	it.each([
		['text', true],
		['integer', false],
	])('sends a string to a field of the type %s: %s', (type, does) => {
		const found = fit({ fields }, change('slug', { type }));
		expect(found.fields['slug']).toBe(does ? 'fits' : 'incompatible');
		expect(found.warnings).toEqual(does ? [] : ['/schema/0/fields/1 incompatible']);
	});

	it('compares references by where they lead, whatever their keys are', () => {
		expect(fit({ fields }, change('author', { type: 'uuid' })).fields['author']).toBe('fits');
		expect(fit({ fields }, change('author', { related: 'people' })).fields['author']).toBe('incompatible');
		expect(fit({ fields }, change('author', { related: null })).fields['author']).toBe('incompatible');
	});

	it('holds back fields that our user may not write there, and warns of missing permissions', () => {
		const found = fit({ fields }, (offer) => {
			change('slug', { create: false, update: false })(offer);
			offer.delete = false;
		});
		expect(found.fields['slug']).toBe('not-permitted');
		expect(found.warnings).toEqual(['/schema/0/fields/1 not_permitted', '/schema/0 not_permitted']);
		const pulled = fit({ fields, direction: 'pull' }, change('slug', { create: false, update: false }));
		expect(pulled).toMatchObject({ fields: { slug: 'fits' }, warnings: [] });
	});

	it('stops a collection that is not there, and says what to do', () => {
		const found = fit({ fields }, (offer) => Object.assign(offer, { exists: false, fields: {} }));
		expect(found).toMatchObject({ fields: { title: 'missing' }, stops: ['/schema/0 missing_collection'] });
		expect(found.stopped[0]?.message).toMatch(/Paris has no collection "articles": create it there/);
	});

	it.each([
		['another key type', { key_type: 'integer' as const }, '/schema/0 other_key_type'],
		['another kind', { singleton: true }, '/schema/0 other_kind'],
	])('stops a collection with %s', (_, other, stop) => {
		expect(fit({ fields }, (offer) => Object.assign(offer, other)).stops).toEqual([stop]);
	});

	it('stops a collection that requires a field which the rule does not send, unless the rule only receives', () => {
		const requires = change('body', { required: true });
		expect(fit({ fields }, requires).stops).toEqual(['/schema/0 required_there']);
		expect(fit({ fields: ['title', 'body'] }, requires).stops).toEqual([]);
		expect(fit({ fields, direction: 'pull' }, requires).stops).toEqual([]);
		// Named, but left empty there, since authors have no rule.
		expect(fit({ fields }, change('author', { required: true })).stops).toEqual(['/schema/0 required_there']);
		expect(fit({ fields }, change('title', { type: 'integer' })).stops).toEqual(['/schema/0 required_there']);
	});

	it('stops a collection whose items must have here what the other side does not have', () => {
		const lacks = (name: string) => (offer: CollectionOffer) => delete offer.fields[name];
		expect(fit({ fields }, lacks('title'))).toMatchObject({ stops: ['/schema/0 required_here'] });
		expect(fit({ fields: ['slug'] }, lacks('title')).stops).toEqual([]);
	});

	it('does not require the storage field of files, which each instance fills in itself', () => {
		const storage = { type: 'string', nullable: false, required: true, related: null, create: true, update: true };
		const needs = (collection: string) => {
			const [compiled] = compile({ collection, fields: ['title'] });
			if (!compiled) throw new Error('a rule was given');
			const offer = offerOf(collection, SYNC_SCHEMA, ALL);
			offer.fields['storage'] = storage;
			return fitSchema(compiled, offer, 'Paris')
				.stops.map(({ message }) => message)
				.join();
		};
		expect(needs('directus_files')).not.toContain('storage');
		expect(needs('articles')).toContain('storage');
	});

	it('needs no column for the content of files, and accepts a float for a decimal', () => {
		const [files] = compile({ collection: 'directus_files', fields: ['title'] });
		if (!files) throw new Error('a rule was given');
		expect(fitSchema(files, offerOf('directus_files', SYNC_SCHEMA, ALL), 'Paris').warnings).toEqual([]);
		const rated = compile({ collection: 'articles', fields: ['slug'] })[0];
		const decimal = { ...rated?.model.fields.get('slug'), type: 'decimal' } as SyncField;
		rated?.model.fields.set('slug', decimal);
		const offer = offerOf('articles', SYNC_SCHEMA, ALL);
		change('slug', { type: 'float' })(offer);
		change('title', { required: false })(offer);
		expect(rated && fitSchema(rated, offer, 'Paris')).toMatchObject({ stops: [], warnings: [] });
	});

	it('knows that a many-to-any reference brings its collection along', () => {
		const compiled = compile(
			{ collection: 'articles', fields: ['blocks'] },
			{ collection: 'block_text', fields: ['*'] },
		);
		const junction = compiled.find(({ follows }) => follows !== null);
		if (!junction) throw new Error('blocks imply a junction');
		const offer = offerOf('articles_blocks', SYNC_SCHEMA, ALL);
		change('collection', { required: true })(offer);
		expect(fitSchema(junction, offer, 'Paris')).toMatchObject({ stops: [], warnings: [] });
		expect(fitSchema(junction, undefined, 'Paris').stops).toMatchObject([{ path: '/schema/0' }]);
	});
});

describe('offerOf', () => {
	it('offers the fields that a user may write, and no secrets', () => {
		const access = {
			create: new Set(['title', 'slug']),
			update: new Set(['title']),
			read: new Set<string>(),
			delete: false,
		};
		const offer = offerOf('articles', SYNC_SCHEMA, access);
		expect(offer).toMatchObject({
			exists: true,
			key_type: 'uuid',
			create: true,
			update: true,
			delete: false,
		});
		expect(offer.fields['title']).toMatchObject({ required: true, create: true, update: true });
		expect(offer.fields['slug']).toMatchObject({ create: true, update: false });
		expect(offer.partial).toBe(true);
		for (const name of ['secret', 'tags', 'divider', 'author', 'body']) expect(offer.fields).not.toHaveProperty(name);
	});

	it.each(['create', 'update', 'read'] as const)('offers only the fields that a user may %s', (action) => {
		const none = { create: new Set<string>(), update: new Set<string>(), read: new Set<string>(), delete: false };
		const offer = offerOf('articles', SYNC_SCHEMA, { ...none, [action]: new Set(['slug']) });
		// Without its title nobody can make an article, and trying tells its name.
		expect(Object.keys(offer.fields).sort()).toEqual(action === 'create' ? ['slug', 'title'] : ['slug']);
		expect(offerOf('articles', SYNC_SCHEMA, { ...none, [action]: new Set(['*']) }).partial).toBeUndefined();
		expect(Object.keys(offerOf('articles', SYNC_SCHEMA, { ...none, delete: true }).fields)).toEqual([]);
	});

	it('warns of fields that a partial offer does not name, but holds none back', () => {
		const may = new Set(['slug', 'title']);
		const access = { create: may, update: may, read: new Set<string>(), delete: true };
		const offer = offerOf('articles', SYNC_SCHEMA, access);
		for (const [direction, warnings] of [
			['push', 1],
			['pull', 0],
		] as const) {
			const [rule] = compile({ collection: 'articles', fields: ['slug', 'title', 'author', 'body'], direction });
			const found = rule && fitSchema(rule, offer, 'Paris');
			expect(found?.warnings.filter(({ code }) => code === 'not_permitted')).toHaveLength(warnings);
			expect({ held: found?.held.size, stops: found?.stops }).toEqual({ held: 0, stops: [] });
		}
	});

	it('hides the fields of a collection without permissions, and holds nothing back for that', () => {
		const none = new Set<string>();
		const offer = offerOf('articles', SYNC_SCHEMA, { create: none, update: none, read: none, delete: false });
		expect(offer).toMatchObject({ exists: true, create: false, key_type: null, fields: {} });
		const [sent] = compile({ collection: 'articles', fields: ['title'] });
		const [pulled] = compile({ collection: 'articles', fields: ['title'], direction: 'pull' });
		expect(sent && fitSchema(sent, offer, 'Paris')).toMatchObject({ stops: [], warnings: [{ code: 'not_permitted' }] });
		expect(pulled && fitSchema(pulled, offer, 'Paris')).toMatchObject({ stops: [], warnings: [] });
		expect([sent, pulled].map((rule) => rule && fitSchema(rule, offer, 'Paris').held.size)).toEqual([0, 0]);
	});

	it.each(['nothing', 'constructor', 'directus_users', 'directus_roles'])('says nothing of %s', (collection) => {
		expect(offerOf(collection, SYNC_SCHEMA, ALL)).toMatchObject({ exists: false, create: false, fields: {} });
	});
});
