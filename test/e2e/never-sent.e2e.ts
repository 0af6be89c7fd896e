import type { Items } from '../../src/kernel/ports.js';
import type { Row } from '../../src/kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import { hopsFrom } from '../../src/kernel/filter/field-path.js';
import type { RecordedChange } from '../../src/capture/core/item-change.js';
import { collectionRefusal, fieldRefusal, soundsSecret } from '../../src/kernel/core/never-sent.js';
import { readTarget } from '../../src/flush/core/read-target.js';
import { checkSyncRules } from '../../src/sync/core/rules/validate-sync-rules.js';
import { compileSyncRules } from '../../src/sync/core/rules/compile-sync-rules.js';
import { checkFlushRules } from '../../src/flush/core/validate-rules.js';
import { buildWatch } from '../../src/capture/core/watch.js';
import { buildChanges } from '../../src/flush/build-changes.js';
import { planChanges } from '../../src/flush/plan.js';
import { previewChange } from '../../src/flush/preview.js';
import type { StoredDelivery } from '../../src/delivery/stored.js';
import type { FlushTarget } from '../../src/flush/flush-target.js';
import { directusVersions } from '../kit/playground.js';
import { isPlanted, systemSchema } from '../system-schema.js';

const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const PLANT = 'PLANTED-';

/** An instance with one item in every collection, each value telling what it is, secrets in clear as with full rights. */
function worldOf(schema: SchemaOverview) {
	const primaryOf = (name: string) => schema.collections[name]?.primary ?? 'id';
	const keyOf = (name: string) => valueOf(name, primaryOf(name));
	function valueOf(name: string, column: string): string {
		const led = schema.relations.find((relation) => relation.collection === name && relation.field === column);
		if (led?.related_collection && led.related_collection !== name) return keyOf(led.related_collection);
		if (led?.meta?.one_collection_field) return keyOf(led.meta.one_allowed_collections?.[0] ?? '');
		const isTypeField = schema.relations.some(
			(relation) => relation.collection === name && relation.meta?.one_collection_field === column,
		);
		if (isTypeField) return 'directus_users';
		return `${isPlanted(schema, name, column) ? PLANT : 'value-'}${name}.${column}`;
	}
	const columnsOf = (name: string) =>
		Object.values(schema.collections[name]?.fields ?? {}).flatMap((field) => (field.alias ? [] : [field.field]));
	const rowOf = (name: string): Row => Object.fromEntries(columnsOf(name).map((one) => [one, valueOf(name, one)]));

	/** As Directus reads with full rights: `*` is everything, and encrypted values are in clear. */
	function tree(name: string, paths: string[][]): Row {
		const row: Row = { [primaryOf(name)]: keyOf(name) };
		for (const [head = '', ...rest] of paths) {
			if (head === '*') Object.assign(row, rowOf(name));
			const [plain = '', scope] = head.split(':');
			const hop = hopsOf(name, plain).find(({ to }) => scope === undefined || to === scope);
			if (!hop || rest.length === 0) {
				if (columnsOf(name).includes(plain)) row[plain] = valueOf(name, plain);
				else if (hop) row[plain] = [keyOf(hop.to)];
				continue;
			}
			const before = row[plain];
			const known = Array.isArray(before) ? before[0] : before;
			const below = { ...(typeof known === 'object' ? known : {}), ...tree(hop.to, [rest]) };
			row[plain] = hop.many ? [below] : below;
		}
		return row;
	}
	function hopsOf(name: string, column: string): { to: string; many: boolean }[] {
		return schema.relations.flatMap((relation): { to: string; many: boolean }[] => {
			if (relation.collection === name && relation.field === column)
				return relation.related_collection
					? [{ to: relation.related_collection, many: false }]
					: (relation.meta?.one_allowed_collections ?? []).map((to) => ({ to, many: false }));
			return relation.related_collection === name && relation.meta?.one_field === column
				? [{ to: relation.collection, many: true }]
				: [];
		});
	}
	const items: Items = {
		columns: async (name, keys, wanted) =>
			new Map(
				keys.map((key) => [
					key,
					Object.fromEntries([primaryOf(name), ...wanted].map((one) => [one, rowOf(name)[one]])),
				]),
			),
		cast: async (_name, rows) => rows,
		read: async (name, keys, fields) =>
			new Map(
				keys.map((key) => [
					key,
					tree(
						name,
						fields.map((path) => path.split('.')),
					),
				]),
			),
		matching: async (_name, keys) => new Set(keys),
		list: async (name) => [keyOf(name)],
		showing: async (hop, keys) => keys.map((shown) => ({ shows: keyOf(hop.from), shown })),
		revisions: async (name) => [{ ...rowOf(name), title: 'before' }, rowOf(name)],
		dialect: 'sqlite',
		reached: async () => [],
	};
	return { items, primaryOf, keyOf, rowOf, hopsOf, columnsOf };
}

/** Paths of up to four steps through the whole schema, with the collection and field that they end in. */
function pathsFrom(schema: SchemaOverview, { hopsOf }: ReturnType<typeof worldOf>, start: string) {
	const step = (name: string, depth: number): fc.Arbitrary<{ path: string; ends: [string, string][] }> => {
		const fields = Object.keys(schema.collections[name]?.fields ?? {});
		const ends = fc
			.constantFrom('*', '*.*', ...fields, ...fields.filter((field) => isPlanted(schema, name, field)))
			.map((one) => ({ path: one, ends: [[name, one] as [string, string]] }));
		const relations = fields.filter((field) => hopsOf(name, field).length > 0);
		if (depth === 0 || relations.length === 0) return ends;
		const deeper = fc.constantFrom(...relations).chain((one) =>
			fc.constantFrom(...hopsOf(name, one)).chain(({ to }) =>
				step(to, depth - 1).map((rest) => ({
					path: `${one}${hopsOf(name, one).length > 1 ? `:${to}` : ''}.${rest.path}`,
					ends: rest.ends,
				})),
			),
		);
		return fc.oneof(ends, { arbitrary: deeper, weight: 2 });
	};
	return step(start, 3);
}

const asFilter = (path: string): Record<string, unknown> =>
	path.split('.').reduceRight<Record<string, unknown>>((inner, name) => ({ [name]: inner }), { _neq: 'x' });

const rulesOf = (schema: SchemaOverview, world: ReturnType<typeof worldOf>) =>
	fc.constantFrom(...Object.keys(schema.collections)).chain((name) => {
		const none = fc.constant<{ path: string; ends: [string, string][] }[]>([]);
		const some = fc.array(pathsFrom(schema, world, name), { maxLength: 2 });
		return fc
			.record({
				payload: some,
				tags: some,
				changed: fc.oneof({ arbitrary: none, weight: 3 }, some),
				when: fc.oneof({ arbitrary: none, weight: 3 }, some),
				via: fc.oneof({ arbitrary: none, weight: 2 }, some),
			})
			.map(({ payload, tags, changed, when, via }) => ({
				rule: {
					collection: name,
					events: ['create', 'update', 'delete'],
					payload: payload.map(({ path }) => path),
					tags: tags.flatMap(({ path }) => [`t-{{${path.replaceAll(/:\w+/g, '')}}}`, 'all']),
					...(changed.length > 0 ? { changed: changed.map(({ path }) => path) } : {}),
					...(when.length > 0 ? { when: { _and: when.map(({ path }) => asFilter(path)) } } : {}),
					...(via.length > 0 ? { via: via.map(({ path }) => path.split('.').slice(0, -1).join('.') || path) } : {}),
				},
				named: [...payload, ...changed, ...when].flatMap(({ ends }) => ends),
			}));
	});

const versions = directusVersions();
const NO_PAGES = { pathsOf: async () => new Map<string, string[]>() };
describe.runIf(versions.length > 0).each(versions)('on Directus %s', (version) => {
	const schema = systemSchema(version);
	const world = worldOf(schema);
	const { items, keyOf, primaryOf, rowOf } = world;
	const clock = { now: () => 1_795_000_000_000, random: () => 0.5, id: () => '0190a0a0-0000-7000-8000-000000000000' };

	async function everythingSent(target: FlushTarget): Promise<string> {
		const out: unknown[] = [];
		const watch = buildWatch(target.rules, schema);
		for (const collection of watch.collections.keys()) {
			const key = keyOf(collection);
			for (const event of ['create', 'update', 'delete'] as const) {
				const supposed = { collection, event, keys: [key], payload: null };
				const previews = await previewChange(supposed, [target], schema, { items, clock, pages: NO_PAGES });
				out.push(previews.map(({ requests }) => requests));
				// As it is captured: with old values, with a revision in their place, and with everything at once.
				for (const before of [null, { ...rowOf(collection), title: 'before' }]) {
					const change = { id: 1, collection, item: key, event, at: 1, user: null, before } as RecordedChange;
					const full = { ...change, between: null, beforeRelated: before, absent: false, fields: null };
					const { deliveries } = await planChanges([full], watch, { items, clock, primary: primaryOf });
					const stored = deliveries.map((planned): [StoredDelivery, (typeof deliveries)[number]] => [
						{ ...planned, id: '1', kind: 'flush', target: 't', rule: planned.rule.hash } as unknown as StoredDelivery,
						planned,
					]);
					const rules = new Map(stored.map(([delivery, planned]) => [delivery, planned.rule]));
					const built = await buildChanges([...rules.keys()], (one) => rules.get(one) ?? null, items);
					const wire = { url: target.url, authHeader: 'no-auth', apiKey: null, options: target.options ?? {} };
					out.push(adapters.webhook.requests([...built.values()], wire as never));
				}
			}
		}
		return JSON.stringify(out);
	}

	test(`no rule, whatever it says, sends a planted secret (seed ${seed})`, async () => {
		let sending = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(rulesOf(schema, world), async ({ rule, named }) => {
				const target = {
					...readTarget({ url: 'https://www.example.com', schema: [rule], status: 'published' }, 't', schema),
					secrets: async () => ({ apiKey: null, signing: [] }),
				};
				const namesSecret = named.some(([collection, field]) => isPlanted(schema, collection, field));
				if (namesSecret) expect(target.rules, JSON.stringify(rule)).toEqual([]);
				if (target.rules.length === 0) return void (refused += 1);
				const sent = await everythingSent(target);
				sending += Number(sent.includes('value-'));
				expect(
					sent.includes(PLANT)
						? `${JSON.stringify(rule)} sends ${sent.slice(sent.indexOf(PLANT), sent.indexOf(PLANT) + 60)}`
						: null,
				).toBeNull();
			}),
			{ seed, numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) },
		);
		expect(sending).toBeGreaterThan(20);
		expect(refused).toBeGreaterThan(20);
	}, 120_000);

	test('no rule of a remote source carries one, nor is one implied', () => {
		for (const name of Object.keys(schema.collections)) {
			const fields = ['*', ...Object.keys(schema.collections[name]?.fields ?? {})];
			for (const field of fields) {
				const { rules, issues } = checkSyncRules([{ collection: name, fields: [field] }], schema);
				if (field !== '*' && isPlanted(schema, name, field) && field !== primaryOf(name))
					expect(issues, `${name}.${field}`).not.toEqual([]);
				for (const { model } of compileSyncRules(rules, 'source', schema))
					for (const travels of model.fields.keys())
						expect(isPlanted(schema, model.collection, travels), `${model.collection}.${travels}`).toBe(false);
			}
		}
	});

	test('every collection of Directus has been looked at, and every field with the name of a secret', () => {
		const names = Object.keys(schema.collections).filter((name) => name.startsWith('directus_'));
		expect(names.filter((name) => collectionRefusal(name)?.includes('not known'))).toEqual([]);
		const suspicious = names
			.filter((name) => collectionRefusal(name) === null)
			.flatMap((name) =>
				Object.values(schema.collections[name]?.fields ?? {})
					.filter(({ alias, field }) => !alias && fieldRefusal(schema, name, field) === null)
					.filter(({ field }) =>
						/token|secret|passw|credential|auth|hash|key|header|identifier|session|cert/.test(field),
					)
					.map(({ field }) => `${name}.${field}`),
			);
		const harmless = [
			'directus_operations.key',
			'directus_panels.show_header',
			'directus_settings.auth_login_attempts',
			'directus_settings.auth_password_policy',
			'directus_settings.mcp_oauth_cimd_enabled',
			'directus_settings.mcp_oauth_dcr_enabled',
			'directus_settings.mcp_oauth_enabled',
			'directus_translations.key',
			'directus_versions.hash',
			'directus_versions.key',
		];
		expect(suspicious.filter((one) => !harmless.includes(one))).toEqual([]);
	});
});

const small = (fields: [string, string[]?][]): SchemaOverview =>
	({
		collections: {
			things: {
				collection: 'things',
				primary: 'id',
				fields: Object.fromEntries(
					fields.map(([field, special = []]) => [field, { field, special, alias: false, type: 'string' }]),
				),
			},
		},
		relations: [],
	}) as unknown as SchemaOverview;

test('leaves a field with the name of a credential out of "*", and sends it when it is named', () => {
	const schema = small([['id'], ['title'], ['api_key'], ['pin', ['encrypt']]]);
	const compiled = (payload: string[]) =>
		readTarget({ schema: [{ collection: 'things', payload }] }, 't', schema).rules.map((rule) => rule.payload);
	expect(compiled(['*'])).toEqual([['id', 'title']]);
	expect(compiled(['*', 'api_key'])).toEqual([['id', 'title', 'api_key']]);
	expect(compiled(['pin'])).toEqual([]);
	expect(checkFlushRules([{ collection: 'directus_later', payload: [] }], small([['id']])).rules).toEqual([null]);
});

test.each(
	'password user_password passwordHash api_key apiKey API_KEY token access_token refreshToken secret client_secret privateKey credentials smtp_pwd'.split(
		' ',
	),
)('takes %s for the name of a credential', (name) => expect(soundsSecret(name)).toBe(true));

test.each('key keyword title tokenizer public_key sort_key hash monkey author passport secretary'.split(' '))(
	'takes %s for no credential',
	(name) => expect(soundsSecret(name)).toBe(false),
);

test('follows no relation into a collection of which nothing is sent', () => {
	for (const version of versions) {
		const schema = systemSchema(version);
		for (const name of ['last_session', 'shared_by', 'target']) expect(hopsFrom(schema, 'articles', name)).toEqual([]);
		expect(hopsFrom(schema, 'articles', 'author')).toHaveLength(1);
	}
});
