import fc from 'fast-check';

/** What people and programs send by mistake or on purpose: any JSON, and names that mean something to JavaScript. */
export const nasty = fc.constantFrom(
	'__proto__',
	'constructor',
	'toString',
	'hasOwnProperty',
	'',
	' ',
	'$',
	'%',
	"'",
	'"',
	'\\',
	'\u0000',
	'\ud800',
	'{{',
	'{{id',
	'{{__proto__}}',
	'{% for x in y %}',
	'{{id | nope}}',
	'*',
	'id.id',
	'.',
	'..',
	'author.',
	'😀',

	'a'.repeat(3_000),
	'-1',
	'1e999',
	'NaN',
	'null',
	'9'.repeat(40),
	"1' OR '1'='1",
	'_and',
	'_some',
	'$NOW',
	'$FOLLOW',
);
const name = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.constantFrom('id', 'title', 'slug', 'status', 'author', 'author.name', 'tags.tags_id.name'),
	},
	{ weight: 2, arbitrary: fc.constantFrom('titel', 'autor.name', 'blocks.item:block_text.text', 'blocks.item:x.y') },
	{ weight: 1, arbitrary: nasty },
	{ weight: 1, arbitrary: fc.string() },
);
export const anything: fc.Arbitrary<unknown> = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	nasty,
	fc.constantFrom<unknown>(-0, 1e308, -1, 0, 0.5, 2 ** 53, [], {}, [[]], [null], null, true, false),
);

const filter: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	node: fc.oneof(
		{ depthSize: 'small' },
		fc.dictionary(
			name,
			fc.dictionary(fc.constantFrom('_eq', '_in', '_null', '_some', '_between', '_regex', '_x'), anything),
		),
		fc.record({ _and: fc.array(tie('node'), { maxLength: 3 }) }),
		fc.record({ _or: fc.oneof(anything, tie('node')) }),
		fc.dictionary(name, tie('node'), { maxKeys: 2 }),
		anything,
	),
})).node;

const collection = fc.oneof(fc.constantFrom('articles', 'posts', 'authors', 'articel', 'directus_users'), nasty);
const events = fc.oneof(fc.subarray(['create', 'update', 'delete', 'updat']), anything);
const template = fc.oneof(
	name.map((path) => `/x/{{${path}}}`),
	fc.tuple(name, nasty).map(([path, filterName]) => `{{ ${path} | ${filterName} }}`),
	nasty,
	fc.string(),
);

const rule = fc
	.record(
		{
			collection,
			events,
			payload: fc.array(name, { maxLength: 4 }),
			when: filter,
			changed: fc.array(name, { maxLength: 3 }),
			via: fc.array(name, { maxLength: 3 }),
			tags: fc.array(template, { maxLength: 3 }),
			paths: fc.array(template, { maxLength: 3 }),
			name: collection,
			fields: fc.array(name, { maxLength: 2 }),
		},
		{ requiredKeys: [] },
	)
	.chain(mutated);

const syncField = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.constantFrom('*', 'title', 'author', 'tags', 'blocks', 'translations', 'comments', 'name', 'article'),
	},
	{ weight: 1, arbitrary: name },
);

const syncRule = fc
	.record(
		{
			collection: fc.oneof(fc.constantFrom('articles', 'authors', 'tags', 'comments', 'directus_files'), collection),
			fields: fc.array(syncField, { minLength: 1, maxLength: 4 }),
			when: filter,
			direction: fc.constantFrom('push', 'pull', 'both', 'back'),
			conflict: fc.constantFrom('newest', 'manual', 'mine'),
			match: fc.array(syncField, { minLength: 1, maxLength: 2 }),
			references: fc.dictionary(syncField, fc.constantFrom('follow', 'stop', 'drop')),
			rewrite_ids: fc.array(syncField, { maxLength: 2 }),
			name: collection,
		},
		{ requiredKeys: ['collection', 'fields'] },
	)
	.chain(mutated);

export const syncRules = fc.oneof(
	{ weight: 5, arbitrary: fc.array(syncRule, { maxLength: 3 }) },
	{ weight: 1, arbitrary: anything },
);

/** A document with, now and then, one of its parts replaced by anything, or something added. */
function mutated<T extends object>(document: T): fc.Arbitrary<unknown> {
	const keys = Object.keys(document);
	return fc.oneof(
		{ weight: 3, arbitrary: fc.constant<unknown>(document) },
		{
			weight: 1,
			arbitrary: fc
				.tuple(fc.constantFrom('extra', ...keys), anything)
				.map(([key, value]) => ({ ...document, [key]: value })),
		},
		{ weight: 1, arbitrary: fc.tuple(nasty, anything).map(([key, value]) => ({ ...document, [key]: value })) },
	);
}

export const rules = fc.oneof(
	{ weight: 5, arbitrary: fc.array(rule, { maxLength: 3 }) },
	{ weight: 1, arbitrary: anything },
);

export const options = fc.oneof(
	fc
		.record(
			{
				batch_size: fc.oneof(fc.integer(), anything),
				max_wait_ms: fc.oneof(fc.double(), anything),
				timeout_ms: anything,
				concurrency: anything,
				rate: fc.oneof(fc.double(), anything),
				headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything),
				retry: fc.oneof(fc.record({ tries: anything, min_ms: anything }, { requiredKeys: [] }), anything),
				zone: anything,
				base_url: anything,
			},
			{ requiredKeys: [] },
		)
		.chain(mutated),
	anything,
);

export const adapter = fc.oneof(
	fc.constantFrom('webhook', 'nextjs', 'cloudflare', 'fastly', 'vercel', 'netlify', 'varnish'),
	anything,
);

export const dryRunBody = fc
	.record(
		{
			collection,
			event: fc.oneof(fc.constantFrom('create', 'update', 'delete'), anything),
			keys: fc.oneof(fc.array(fc.oneof(fc.integer(), nasty), { maxLength: 3 }), anything),
			payload: fc.oneof(fc.dictionary(name, anything, { maxKeys: 3 }), anything),
			target: anything,
		},
		{ requiredKeys: ['collection', 'event'] },
	)
	.chain(mutated);

const parameter = fc.oneof(
	fc.constantFrom('1', '25', 'flush', 'failed', 'failed,delivered', 'posts', '-created_at', 'create', '2026-01-01'),
	nasty,
	fc.string(),
);
export const listQuery = fc.dictionary(
	fc.oneof(
		fc.constantFrom('target', 'kind', 'status', 'collection', 'item', 'event', 'since', 'until', 'q', 'error'),
		fc.constantFrom(
			'operation',
			'limit',
			'page',
			'sort',
			'cursor',
			'status[]',
			'kind[x]',
			'filter',
			'fields',
			'resolved',
		),
		nasty,
	),
	parameter,
	{ maxKeys: 4 },
);
