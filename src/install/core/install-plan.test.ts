import { describe, expect, it } from 'vitest';
import { FLUSH_RELATIONS, FLUSH_TARGET_COLLECTION, FLUSH_TARGET_USERS_COLLECTION } from '../../../schema.js';
import {
	describeStep,
	type Existing,
	type ExistingCollection,
	type ExistingField,
	type InstallPart,
	isEncrypted,
	judgeUntouched,
	planInstall,
	recognise,
	summarise,
} from './install-plan.js';
import { FLUSH_TARGETS, FLUSH_TARGETS_USERS } from '../../contract/vocabulary.js';

const part: InstallPart = {
	collections: [FLUSH_TARGET_COLLECTION, FLUSH_TARGET_USERS_COLLECTION],
	relations: FLUSH_RELATIONS,
};
const absent: ExistingCollection = { table: false, registered: false, primary: null, fields: new Map() };

const column = (field: Partial<ExistingField> = {}): ExistingField => ({
	column: true,
	settings: true,
	special: [],
	dbType: 'text',
	plainText: 0,
	...field,
});
const collection = (
	fields: Record<string, Partial<ExistingField>>,
	rest: Partial<ExistingCollection> = {},
): ExistingCollection => ({
	table: true,
	registered: true,
	primary: 'id',
	fields: new Map(Object.entries(fields).map(([name, field]) => [name, column(field)])),
	...rest,
});

/** What a complete installation looks like. */
function complete(): Existing {
	const collections = new Map(
		part.collections.map((definition) => [
			definition.collection,
			collection(
				Object.fromEntries(
					definition.fields.map(({ field, type, meta }) => [
						field,
						{
							column: type !== 'alias',
							dbType: type === 'alias' ? null : 'text',
							special: (meta['special'] as string[] | undefined) ?? [],
						},
					]),
				),
			),
		]),
	);
	const relations = FLUSH_RELATIONS.map((relation) => ({
		collection: relation.collection,
		field: relation.field,
		meta: { id: 1, sort_field: null, ...relation.meta },
	}));
	return { collections, relations, enforcesLengths: true, secretIsSet: true };
}

/** What `directus-extension-cache-flush` leaves behind. */
function predecessor(): Existing {
	const found = complete();
	const targets = found.collections.get(FLUSH_TARGETS);
	for (const field of ['name', 'adapter', 'signing_secret', 'options']) targets?.fields.delete(field);
	targets?.fields.set('api_key', column({ dbType: 'character varying', plainText: 2 }));
	return found;
}

const words = (found: Existing) => planInstall(part, found).steps.map(describeStep);

describe('recognise', () => {
	it('tells absent collections from ours', () => {
		expect(recognise(FLUSH_TARGET_COLLECTION, absent).kind).toBe('absent');
		expect(recognise(FLUSH_TARGET_COLLECTION, collection({ id: {}, url: {}, schema: {} })).kind).toBe('ours');
	});

	it('recognises a table that Directus does not know only by its columns', () => {
		expect(
			recognise(FLUSH_TARGET_COLLECTION, collection({ id: {}, url: {}, schema: {} }, { registered: false })).kind,
		).toBe('ours');
		const other = recognise(FLUSH_TARGET_COLLECTION, collection({ id: {}, host: {} }, { registered: false }));
		expect(other).toMatchObject({
			kind: 'something-else',
			reason: expect.stringContaining('a table that Directus does not manage, without url, schema (it has id, host)'),
		});
	});

	it.each([
		['a folder', { ...absent, registered: true }, 'a folder'],
		['a collection of other fields', collection({ id: {}, title: {} }), 'without url, schema'],
		['a table without a primary key', { ...absent, table: true }, 'it has no usable columns'],
		[
			'another primary key',
			collection({ id: {}, url: {}, schema: {} }, { primary: 'url' }),
			'with the primary key url',
		],
		[
			'fields of which only settings are left',
			collection({ id: {}, url: { column: false }, schema: {} }),
			'without url',
		],
	])('refuses %s, and says what was expected and what to do', (_, found, says) => {
		const recognised = recognise(FLUSH_TARGET_COLLECTION, found);
		expect(recognised).toMatchObject({ kind: 'something-else', reason: expect.stringContaining(says) });
		expect(recognised).toMatchObject({
			reason: expect.stringMatching(
				/"cache_flush_targets".*id and the fields id, url, schema.*Nothing was altered.*Rename or remove/,
			),
		});
	});
});

describe('planInstall', () => {
	it('creates both collections, then their relations, where there is nothing', () => {
		expect(words({ collections: new Map(), relations: [], enforcesLengths: true, secretIsSet: true })).toEqual([
			'create the collection cache_flush_targets',
			'create the collection cache_flush_targets_directus_users',
			'relate cache_flush_targets.user_created to directus_users',
			'relate cache_flush_targets.user_updated to directus_users',
			'relate cache_flush_targets_directus_users.cache_flush_targets_id to cache_flush_targets',
			'relate cache_flush_targets_directus_users.directus_users_id to directus_users',
		]);
	});

	it('has nothing to do if the installation is complete', () => {
		expect(planInstall(part, complete())).toEqual({ refused: [], steps: [], warnings: [] });
	});

	it('adds to what the predecessor left, and encrypts its keys after there is room for them', () => {
		expect(words(predecessor())).toEqual([
			'add the field cache_flush_targets.name',
			'add the field cache_flush_targets.adapter',
			'make cache_flush_targets.api_key long enough for encrypted text',
			'have cache_flush_targets.api_key encrypted from now on',
			'add the field cache_flush_targets.signing_secret',
			'add the field cache_flush_targets.options',
			'encrypt cache_flush_targets.api_key in 2 rows',
		]);
	});

	it('leaves a short column alone where the database does not mind', () => {
		expect(words({ ...predecessor(), enforcesLengths: false }).join()).not.toContain('long enough');
	});

	it('keeps the specials of a field, except the one that hides its value from decrypting', () => {
		const found = predecessor();
		found.collections.get(FLUSH_TARGETS)?.fields.set('api_key', column({ special: ['conceal', 'cast-json'] }));
		expect(planInstall(part, found).steps).toContainEqual(
			expect.objectContaining({ kind: 'encrypt-field', special: ['cast-json', 'encrypt'] }),
		);
	});

	it('does not encrypt without a SECRET that outlasts a restart, and warns', () => {
		const plan = planInstall(part, { ...predecessor(), secretIsSet: false });
		expect(plan.steps.map(({ kind }) => kind)).toEqual(['add-field', 'add-field', 'add-field', 'add-field']);
		expect(plan.warnings).toEqual([expect.stringMatching(/cache_flush_targets\.api_key.*SECRET.*restart/)]);
		expect(planInstall(part, { ...complete(), secretIsSet: false })).toEqual({ refused: [], steps: [], warnings: [] });
	});

	it('continues an installation that broke off', () => {
		const found = complete();
		found.collections.set(
			FLUSH_TARGETS_USERS,
			collection({ id: {}, cache_flush_targets_id: { settings: false }, directus_users_id: {} }, { registered: false }),
		);
		found.relations = found.relations.slice(1, 3);
		expect(planInstall(part, found).steps[1]).toMatchObject({ kind: 'register-field', sort: 2 });
		expect(words(found)).toEqual([
			'register the table cache_flush_targets_directus_users as a collection',
			'give cache_flush_targets_directus_users.cache_flush_targets_id its settings',
			'relate cache_flush_targets.user_created to directus_users',
			'relate cache_flush_targets_directus_users.directus_users_id to directus_users',
		]);
	});

	it('adds missing settings to a relation and keeps the existing ones', () => {
		const found = complete();
		for (const relation of found.relations) {
			if (relation.field === 'cache_flush_targets_id')
				relation.meta = { id: 3, one_field: null, junction_field: 'directus_users_id', one_deselect_action: 'delete' };
			if (relation.field === 'user_created') relation.meta = null;
		}
		expect(planInstall(part, found).steps).toEqual([
			expect.objectContaining({ kind: 'complete-relation', collection: FLUSH_TARGETS, meta: {} }),
			expect.objectContaining({
				kind: 'complete-relation',
				collection: FLUSH_TARGETS_USERS,
				meta: { one_field: 'users_notification' },
			}),
		]);
	});

	it('adds a field whose column is gone, replacing its leftover settings', () => {
		const found = complete();
		found.collections.get(FLUSH_TARGETS)?.fields.set('options', column({ column: false, dbType: null }));
		expect(planInstall(part, found).steps).toEqual([expect.objectContaining({ kind: 'add-field', settings: true })]);
	});

	it('makes the targets anew beside the junction that is left when somebody deleted them', () => {
		const found = complete();
		found.collections.delete(FLUSH_TARGETS);
		found.collections.get(FLUSH_TARGETS_USERS)?.fields.delete('cache_flush_targets_id');
		found.relations = found.relations.filter(({ field }) => field === 'directus_users_id');
		expect(words(found)).toEqual([
			'create the collection cache_flush_targets',
			'add the field cache_flush_targets_directus_users.cache_flush_targets_id',
			'relate cache_flush_targets.user_created to directus_users',
			'relate cache_flush_targets.user_updated to directus_users',
			'relate cache_flush_targets_directus_users.cache_flush_targets_id to cache_flush_targets',
		]);
		found.collections.get(FLUSH_TARGETS_USERS)?.fields.delete('directus_users_id');
		expect(planInstall(part, found).refused).toEqual([expect.objectContaining({ collection: FLUSH_TARGETS_USERS })]);
	});

	it('touches neither collection where one is somebody else’s', () => {
		const found = predecessor();
		found.collections.set(FLUSH_TARGETS_USERS, collection({ id: {}, title: {} }));
		const plan = planInstall(part, found);
		expect(plan.steps).toEqual([]);
		expect(plan.refused.map((refused) => refused.collection)).toEqual([FLUSH_TARGETS_USERS]);
	});
});

describe('summarise', () => {
	it('names the new collections, and each changed field of the others once', () => {
		const found = predecessor();
		found.collections.delete(FLUSH_TARGETS_USERS);
		found.relations = [];
		expect(summarise(planInstall(part, found).steps)).toEqual({
			created: [FLUSH_TARGETS_USERS],
			extended: [
				{
					collection: FLUSH_TARGETS,
					fields: ['name', 'adapter', 'api_key', 'signing_secret', 'options', 'user_created', 'user_updated'],
				},
			],
		});
		expect(summarise([])).toEqual({ created: [], extended: [] });
	});
});

describe('judgeUntouched', () => {
	const judge = (found: Existing) => judgeUntouched(part, found, 'CACHE_FLUSH_DISABLE_SCHEMA_CHANGE');

	it('names the fields that the owner has to provide, if any', () => {
		expect(judge(complete())).toEqual({ refused: [], warnings: [] });
		const missing =
			/^CACHE_FLUSH_DISABLE_SCHEMA_CHANGE.*cache_flush_targets\.name, .*\.adapter, .*\.signing_secret, .*\.options\./;
		expect(judge(predecessor())).toEqual({ refused: [], warnings: [expect.stringMatching(missing)] });
	});

	it('says in one sentence which collections must be created by hand', () => {
		const found = complete();
		found.collections.delete(FLUSH_TARGETS_USERS);
		const one = {
			collection: FLUSH_TARGETS_USERS,
			reason: expect.stringMatching(
				/^"cache_flush_targets_directus_users" does not exist, and CACHE_FLUSH_DISABLE_SCHEMA_CHANGE/,
			),
		};
		expect(judge(found)).toEqual({ refused: [one], warnings: [] });
		found.collections.delete(FLUSH_TARGETS);
		const both = {
			collection: FLUSH_TARGETS,
			reason: expect.stringMatching(/^"cache_flush_targets" and "cache_flush_targets_directus_users" do not exist/),
		};
		expect(judge(found)).toEqual({ refused: [both], warnings: [] });
	});

	it('refuses somebody else’s collection all the same', () => {
		const found = complete();
		found.collections.set(FLUSH_TARGETS, collection({ id: {}, title: {} }));
		expect(judge(found).refused).toEqual([
			{ collection: FLUSH_TARGETS, reason: expect.stringContaining('without url, schema') },
		]);
	});
});

describe('isEncrypted', () => {
	it('knows what Directus encrypted from a key that somebody typed', () => {
		expect(isEncrypted('1||scrypt||16384||8||1||c2FsdA==||aXY=||dGV4dA==||dGFn')).toBe(true);
		for (const value of [
			'',
			'secret',
			'1||scrypt',
			'2||scrypt||16384||8||1||c2FsdA==||aXY=||dGV4dA==||dGFn',
			'a||b||c||d||e||f||g||h||i',
		])
			expect(isEncrypted(value)).toBe(false);
	});
});
