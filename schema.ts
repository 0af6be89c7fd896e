/**
 * The one source: what a rule, a target's options and the environment look like, which Directus collections and
 * which tables exist, and every limit. Types, validation, installation and documentation are made from it.
 */
import { z } from 'zod';
import {
	count,
	directusFlag,
	duration,
	optionalDuration,
	flag,
	FOR_EVER_MS,
	headerNames,
	list,
	oneOf,
	signingSecret,
	text,
	webhookAddresses,
} from './src/kernel/core/setting-values.js';
import en from 'zod/v4/locales/en.js';
import {
	ADAPTERS,
	CONFLICT_POLICIES,
	DATA_SYNC,
	DELETE_POLICIES,
	DIRECTIONS,
	EVENTS,
	FLUSH_TARGETS,
	FLUSH_TARGETS_USERS,
	REMOTE_SOURCES,
	REMOTE_SOURCES_USERS,
	TAG_WAYS,
	TARGET_STATUSES,
} from './src/contract/vocabulary.js';

// zod is side-effect free, so bundlers drop the locale it registers for itself and every message reads "Invalid input".
z.config(en());

/* ---------------------------------------------------------------------------------------------- limits */

/** Every number a user may run into. Durations in ms, sizes in bytes. */
export const LIMITS = {
	/** Items that one change may fan out to over `via`; past it one collection-wide change is sent instead. */
	fanOut: 10_000,
	/** Levels of a tree that `via` climbs with `parent*`; past them one collection-wide change is sent instead. */
	viaLevels: 100,
	/** How much of a request or answer body the history keeps. */
	historyBody: 16 * 1024,
	/** How much of an answer is read from the network. */
	responseBody: 1024 * 1024,
	/** The same of another instance's configuration, some 1,000 bytes an element. */
	remoteConfig: 64 * 1024 * 1024,
	/** How large the headers of an answer may be. */
	responseHeaders: 16 * 1024,
	/** Consecutive failures that open a target's circuit breaker. */
	breakerFailures: 5,
	/** The longest pause between two requests to a failing target: so long after its return the backlog may lie still. */
	breakerProbeMax: 300_000,
	/** The longest hold that `hold_max_ms` may allow a target. */
	holdMost: 86_400_000,
	/** How long a sender or planner may be silent before another process takes its work over. */
	lease: 10_000,
	/** How often a process looks for work, and for rules that changed, that nobody told it about. */
	poll: 1_000,
	/** Outbox rows planned in one transaction. */
	planBatch: 500,
	/** Deliveries claimed by a sender at a time. */
	claimBatch: 500,
	/** Deliveries re-queued per second by a bulk retry. */
	redrivePerSecond: 500,
	/** Rows returned by a list, at the most. */
	listRows: 500,
	/** Longest template, and longest rendered tag or path, in characters. */
	template: 2_000,
	/** Tags or paths that one item may give. */
	renderedPerItem: 1_000,
	/** Rules of one target. */
	rules: 500,
	/** Fields that one rule may name in one place, templates of tags or paths, and paths over relations. */
	ruleFields: 1_000,
	ruleTemplates: 200,
	/** Languages that one rule may name. */
	languages: 200,
	/** Extra headers of a target, and how long the value of one may be. */
	headers: 50,
	headerValue: 4_096,
	/** How large rules and options may be as JSON. */
	rulesJson: 1024 * 1024,
	optionsJson: 64 * 1024,
	/** Changes that one request carries to another instance. */
	syncBatch: 1_000,
	/** Changes that another instance takes in all or none: a release. */
	syncTogether: 5_000,
	/** Queue depth at which `/status` warns, and at which it says error. */
	queueWarn: 30_000,
	queueError: 100_000,
} as const;

/* ---------------------------------------------------------------------------------------------- rules */

const fieldPath = z
	.string()
	.min(1)
	.max(255)
	.meta({ description: 'A field of the item, or a path over relations such as `author.name`.' });
const template = z.string().min(1).max(LIMITS.template);

const flushRuleShape = z.strictObject({
	collection: z.string().min(1).max(255).meta({ description: 'The collection whose items are watched.' }),
	events: z.array(z.enum(EVENTS)).min(1).meta({ description: 'Which of create, update and delete are sent.' }),
	payload: z
		.array(fieldPath)
		.max(LIMITS.ruleFields)
		.meta({ description: 'The fields that are sent. The primary key always is.' }),
	when: z
		.record(z.string(), z.unknown())
		.optional()
		.meta({ description: 'A Directus filter: only items that match it, or that stop matching it, are sent.' }),
	changed: z
		.array(fieldPath)
		.min(1)
		.max(LIMITS.ruleFields)
		.optional()
		.meta({ description: 'An update counts only if one of these fields changed value.' }),
	via: z.array(fieldPath).max(LIMITS.ruleTemplates).optional().meta({
		description:
			'Relational paths: a change of a related item flushes the items that show it. With a `*`, as in `parent*`, all along a relation of the collection with itself.',
	}),
	at: z
		.array(fieldPath)
		.min(1)
		.max(LIMITS.ruleTemplates)
		.optional()
		.meta({ description: 'Date fields. When the moment in one passes, that counts as an update.' }),
	tags: z
		.array(template)
		.max(LIMITS.ruleTemplates)
		.optional()
		.meta({ description: 'Templates of cache tags, e.g. `article:{{id}}`.' }),
	paths: z
		.array(template)
		.max(LIMITS.ruleTemplates)
		.optional()
		.meta({ description: 'Templates of page paths, e.g. `/blog/{{slug}}`.' }),
});

/** One rule of a flush target, after older spellings were read. */
export type FlushRule = z.infer<typeof flushRuleShape>;

/**
 * The older spellings of a rule, which still work: `name` for `collection`, `fields` for `payload`, no `events` for all.
 * A rule that has both spellings of a word is left as it is, so that validation names the one too many.
 */
export function readOlderSpellings(rule: unknown): unknown {
	if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return rule;
	const { name, fields, ...rest } = rule as Record<string, unknown>;
	const read: Record<string, unknown> = { ...rest };
	if (name !== undefined) read['collection' in rest ? 'name' : 'collection'] = name;
	if (fields !== undefined) read['payload' in rest ? 'fields' : 'payload'] = fields;
	if (!('events' in rest)) read['events'] = [...EVENTS];
	return read;
}

export const flushRule = z.preprocess(readOlderSpellings, flushRuleShape);

/** Stands for every field of a collection but the audit fields. */
export const ALL_FIELDS = '*';

const fieldName = z.string().min(1).max(255);

const arrivalValues = z
	.record(fieldName, z.union([z.string().max(LIMITS.template), z.number(), z.boolean(), z.null()]))
	.refine((given) => Object.keys(given).length > 0, 'expected at least one field')
	.refine((given) => Object.keys(given).length <= LIMITS.ruleFields, `at most ${LIMITS.ruleFields} fields`);

const syncRuleShape = z.strictObject({
	collection: z.string().min(1).max(255).meta({ description: 'The collection whose items are synced.' }),
	fields: z
		.array(fieldName)
		.min(1)
		.max(LIMITS.ruleFields)
		.meta({ description: 'The fields that travel, and no others; `["*"]` for all but the audit fields.' }),
	when: z.record(z.string(), z.unknown()).optional().meta({
		description: 'A Directus filter: only items that match it are sent. One that stops matching stays there.',
	}),
	direction: z
		.enum(DIRECTIONS)
		.default('push')
		.meta({ description: 'Whether changes go there, come from there, or both.' }),
	conflict: z
		.enum(CONFLICT_POLICIES)
		.default('newest')
		.meta({ description: 'What wins where a field was changed differently on both sides.' }),
	match: z
		.array(fieldName)
		.min(1)
		.max(100)
		.optional()
		.meta({ description: 'Fields that find the same item on the other side before it was ever synced.' }),
	on_delete_conflict: z
		.enum(DELETE_POLICIES)
		.default('park')
		.meta({ description: 'What happens where one side deleted an item that the other changed without knowing.' }),
	references: z
		.record(fieldName, z.enum(['follow', 'stop']))
		.refine((given) => Object.keys(given).length <= LIMITS.ruleFields, `at most ${LIMITS.ruleFields} fields`)
		.default({})
		.meta({ description: 'By reference field: sent as a reference (`follow`), or left empty there (`stop`).' }),
	rewrite_ids: z
		.array(fieldName)
		.max(LIMITS.ruleFields)
		.default([])
		.meta({ description: 'Text and JSON fields in which the ids of synced items are rewritten.' }),
	keep_ids: z
		.boolean()
		.optional()
		.meta({ description: 'New items keep their number on the other side, where it is free there.' }),
	local_fields: z.array(fieldName).min(1).max(LIMITS.ruleFields).optional().meta({
		description:
			'Fields that neither go there nor come from there, whatever `fields` says: each side has its own values.',
	}),
	on_arrival: z
		.strictObject({
			create: arrivalValues.optional().meta({ description: 'For items that are new there.' }),
			always: arrivalValues.optional().meta({ description: 'Whenever a change of an item is written there.' }),
		})
		.optional()
		.meta({
			description:
				'Values that items are given on the other side. These fields do not travel, and what they hold there is never different.',
		}),
	languages: z
		.array(z.string().min(1).max(255))
		.min(1)
		.max(LIMITS.languages)
		.optional()
		.meta({ description: 'Only translations in these languages are sent, by the keys of the languages.' }),
});

/** One rule of a remote source, after older spellings were read and defaults filled in. */
export type SyncRule = z.infer<typeof syncRuleShape>;

/** The older spelling of a sync rule, which still works: `name` for `collection`. */
export function readOlderSyncSpelling(rule: unknown): unknown {
	if (typeof rule !== 'object' || rule === null || Array.isArray(rule) || !('name' in rule)) return rule;
	const { name, ...rest } = rule as Record<string, unknown>;
	return { ...rest, ['collection' in rest ? 'name' : 'collection']: name };
}

export const syncRule = z.preprocess(readOlderSyncSpelling, syncRuleShape);

const timeout = (fallback: number) =>
	z.int().min(1).max(600_000).default(fallback).meta({ description: 'When a request is given up.' });

/** What any target may set, whatever its kind. */
const anyTargetsOptions = {
	max_wait_ms: z
		.int()
		.min(0)
		.max(3_600_000)
		.default(50)
		.meta({ description: 'How long changes are collected before they are sent; 0 sends at once.' }),
	hold_max_ms: z.int().min(0).max(LIMITS.holdMost).default(3_600_000).meta({
		description: 'The longest time that the target itself may ask to be left alone, by Retry-After or its rate limit.',
	}),
	rate: z.number().positive().max(10_000).optional().meta({ description: 'Requests per second, at the most.' }),
	headers: z
		.record(
			z
				.string()
				.max(255)
				.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name'),
			z
				.string()
				.max(LIMITS.headerValue)
				.regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII'),
		)
		.refine((given) => Object.keys(given).length <= LIMITS.headers, `at most ${LIMITS.headers} headers`)
		.optional()
		.meta({ description: 'Extra request headers. Not for secrets: they are stored and shown as they are.' }),
	retry: z
		.strictObject({
			tries: z.int().min(1).max(100).default(10).meta({ description: 'Tries before a delivery is failed.' }),
			min_ms: z.int().min(1).max(86_400_000).default(1_000).meta({ description: 'Wait after the first try.' }),
			max_ms: z
				.int()
				.min(1)
				.max(604_800_000)
				.default(65_536_000)
				.meta({ description: 'Longest wait between two tries.' }),
		})
		.prefault({}),
};

/** What any flush target may set; each adapter adds its own (`src/core/adapters`). */
export const flushOptionsShape = {
	batch_size: z.int().min(1).max(10_000).default(100).meta({ description: 'Changes that may share one request.' }),
	batch_bytes: z
		.int()
		.min(1_024)
		.max(64 * 1024 * 1024)
		.default(256 * 1024)
		.meta({
			description:
				'Bytes that the changes of one request may have; a larger one goes alone. Where the target answers 413, less is sent from then on.',
		}),
	timeout_ms: timeout(10_000),
	concurrency: z.int().min(1).max(64).default(4).meta({ description: 'Requests in flight at once.' }),
	tags: z.enum(TAG_WAYS).default('rules').meta({
		description:
			'Where tags come from. rules: what the rules say. automatic: for every change the tags of the reads that it makes out of date; no rules are needed.',
	}),
	collections: z.array(z.string().min(1).max(255)).min(1).max(LIMITS.rules).optional().meta({
		description: 'With automatic tags: the collections that are sent; by default all but those of Directus, and files.',
	}),
	versions: z.boolean().optional().meta({
		description:
			'With automatic tags: for preview sites. Changes of content versions are sent, as the tag of the item that they are of.',
	}),
	at: z
		.record(z.string().min(1).max(255), z.array(fieldPath).min(1).max(LIMITS.ruleTemplates))
		.refine((given) => Object.keys(given).length <= LIMITS.rules, `at most ${LIMITS.rules} collections`)
		.optional()
		.meta({
			description:
				'With automatic tags: date fields by collection, `{ "articles": ["publish_on"] }`. When the moment in one passes, that counts as an update of the item.',
		}),
	check: z
		.strictObject({
			base_url: z
				.url({ protocol: /^https?$/ })
				.max(2_000)
				.optional()
				.meta({ description: 'Where visitors get the pages; by default where the target is.' }),
			sample: z
				.int()
				.min(1)
				.max(100)
				.default(5)
				.meta({ description: 'Paths of one request to the target that are looked at until they are new.' }),
			stale_after_ms: z
				.int()
				.min(1_000)
				.max(3_600_000)
				.default(60_000)
				.meta({ description: 'A page that is still the old one so long after the save is an incident.' }),
			warm: z
				.boolean()
				.default(false)
				.meta({ description: 'Fetches all affected paths once, at `rate`, so that no visitor waits.' }),
		})
		.optional()
		.meta({
			description:
				'After a delivery, the paths that its rule gives are fetched as a visitor would, until they are new: the time from the save to the visitor is measured.',
		}),
	connection: z
		.strictObject({
			proxy: z
				.url({ protocol: /^https?$/ })
				.max(2_000)
				.refine(
					(url) => !/^[^:]*:\/\/[^/?#]*@/.test(url),
					'a user or password in it would be shown wherever the target is',
				)
				.optional()
				.meta({ description: 'The address of a proxy that requests go through.' }),
			ca: z
				.string()
				.max(32_000)
				.optional()
				.meta({ description: 'Certificates of further authorities, as PEM text: the server’s may be signed by them.' }),
			http2: z.boolean().optional().meta({ description: 'HTTP/2 where the server can.' }),
		})
		.optional()
		.meta({ description: 'How the target is reached: through a proxy, with an authority of your own, by HTTP/2.' }),
	...anyTargetsOptions,
};

export const flushOptions = z.strictObject(flushOptionsShape);
export type FlushOptions = z.infer<typeof flushOptions>;

/** The days of the week, as windows name them. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const timeOfDay = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'expected a time such as "22:00"');

function isTimeZone(name: string): boolean {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
	} catch {
		return false;
	}
}

/** What a remote source may set. Its requests go out one after the other, so that changes arrive in order. */
export const syncOptions = z.strictObject({
	batch_size: z
		.int()
		.min(1)
		.max(LIMITS.syncBatch)
		.default(500)
		.meta({ description: 'Changes that may share one request.' }),
	timeout_ms: timeout(60_000),
	...anyTargetsOptions,
	user_fallback: z
		.guid()
		.optional()
		.meta({ description: 'The user of this instance who stands for users of the other that are not known here.' }),
	on_release: z
		.boolean()
		.default(false)
		.meta({ description: 'Changes are collected, and sent only when somebody releases them.' }),
	windows: z
		.strictObject({
			time_zone: z
				.string()
				.max(64)
				.refine(isTimeZone, 'expected the name of a time zone, such as "Europe/Amsterdam"')
				.meta({ description: 'Where the hours are meant, e.g. `Europe/Amsterdam`.' }),
			hours: z
				.array(
					z
						.strictObject({
							days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional().meta({
								description: 'The days on which it begins; by default all.',
							}),
							from: timeOfDay,
							to: timeOfDay.meta({ description: 'If earlier than `from`, on the next day; `24:00` is midnight.' }),
						})
						.refine(({ from, to }) => from !== to && from !== '24:00', 'expected some time between "from" and "to"'),
				)
				.min(1)
				.max(50),
		})
		.optional()
		.meta({
			description:
				'Changes are sent in these hours only, and wait otherwise. What somebody starts by hand goes at once.',
		}),
});
export type SendWindows = NonNullable<z.infer<typeof syncOptions>['windows']>;
export type SyncOptions = z.infer<typeof syncOptions>;

/* ---------------------------------------------------------------------------------------------- environment */

/** What Downstream reads of Directus' environment. Unknown variables are ignored; a wrong one is named at start-up. */
export const environment = z.object({
	CACHE_FLUSH_DISABLE_SCHEMA_CHANGE: flag(false),
	DATA_SYNC_DISABLE_SCHEMA_CHANGE: flag(false),
	DISABLE_EXTENSION_SCHEMA_CHANGE: flag(false),
	DOWNSTREAM_ENABLED: flag(true),
	DOWNSTREAM_ENGINE: oneOf('embedded', 'bullmq'),
	DOWNSTREAM_IP_DENY_LIST: list,
	DOWNSTREAM_RETENTION: duration('30d'),
	DOWNSTREAM_CONCURRENCY: count(64, 1_000),
	DOWNSTREAM_IDENTITY: oneOf('moved', 'copy'),
	DOWNSTREAM_METRICS_TOKEN: text,
	DOWNSTREAM_INCIDENT_WEBHOOK: webhookAddresses,
	DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: oneOf('slack', 'teams', 'generic'),
	DOWNSTREAM_INCIDENT_WEBHOOK_SECRET: signingSecret,
	DOWNSTREAM_TRIGGERS: flag(false),
	DOWNSTREAM_DRIFT: optionalDuration,
	DOWNSTREAM_RESPONSE_TAGS: headerNames,
	DOWNSTREAM_RESPONSE_TAGS_MAX: count(500, 10_000),
	DOWNSTREAM_SITE_USERS: list,
	DOWNSTREAM_PAGES_TOKEN: text,
	DOWNSTREAM_PAGES_RETENTION: duration('90d'),
	IMPORT_IP_DENY_LIST: list,
	CACHE_ENABLED: directusFlag,
	CACHE_AUTO_PURGE: directusFlag,
	PUBLIC_URL: text.transform((value) => value ?? '/'),
	FILES_MIME_TYPE_ALLOW_LIST: list.transform((types) => types ?? ['*/*']),
	FILES_MAX_UPLOAD_SIZE: text,
	STORAGE_LOCATIONS: list.transform((locations) => locations ?? ['local']),
	DB_CLIENT: text.transform((value) => value ?? 'sqlite3'),
	TEMP_PATH: text.transform((value) => value ?? './node_modules/.directus'),
});

/**
 * What a setting that cannot be read means until it is fixed: nothing is sent, altered or removed that somebody may
 * have wanted to keep as it is. Of the others the default is used.
 */
export const WHERE_UNREADABLE = {
	CACHE_FLUSH_DISABLE_SCHEMA_CHANGE: [true, 'the collections of flush are left as they are'],
	DATA_SYNC_DISABLE_SCHEMA_CHANGE: [true, 'the collections of sync are left as they are'],
	DISABLE_EXTENSION_SCHEMA_CHANGE: [true, 'collections are left as they are'],
	DOWNSTREAM_ENABLED: [false, 'nothing is sent; changes are recorded and wait'],
	DOWNSTREAM_TRIGGERS: [true, 'database triggers are left as they are'],
	DOWNSTREAM_RETENTION: [FOR_EVER_MS, 'nothing is removed from the history'],
} as const satisfies Partial<Record<keyof Environment, readonly [unknown, string]>>;

export type Environment = z.output<typeof environment>;

/* ---------------------------------------------------------------------------------------------- Directus collections */

/** One field of a collection that Downstream installs, in the shape of Directus' `POST /fields`. */
export interface FieldDefinition {
	field: string;
	type: string;
	schema?: Record<string, unknown> | null;
	meta: Record<string, unknown>;
}

/** One collection that Downstream installs, and how it is recognised as the predecessor's. */
export interface CollectionDefinition {
	collection: string;
	meta: Record<string, unknown>;
	fields: FieldDefinition[];
	/** Fields that a collection of this name must already have to count as the predecessor's. */
	recognisedBy: string[];
}

export interface RelationDefinition {
	collection: string;
	field: string;
	related_collection: string;
	meta: Record<string, unknown>;
	schema: Record<string, unknown>;
}

const audit = (field: string, type: string, special: string, userRelation: boolean): FieldDefinition => ({
	field,
	type,
	schema: {},
	meta: {
		special: [special],
		interface: userRelation ? 'select-dropdown-m2o' : 'datetime',
		...(userRelation
			? { options: { template: '{{avatar}} {{first_name}} {{last_name}}' }, display: 'user' }
			: { display: 'datetime', display_options: { relative: true } }),
		readonly: true,
		hidden: true,
		width: 'half',
	},
});

const auditFields: FieldDefinition[] = [
	audit('user_created', 'uuid', 'user-created', true),
	audit('date_created', 'timestamp', 'date-created', false),
	audit('user_updated', 'uuid', 'user-updated', true),
	audit('date_updated', 'timestamp', 'date-updated', false),
];

const statusChoices = TARGET_STATUSES.map((value) => ({
	value,
	text: `$t:${value}`,
	color: { published: 'var(--theme--primary)', draft: 'var(--theme--foreground)', archived: 'var(--theme--warning)' }[
		value
	],
}));

/** What a target of either kind has; the notes say it in the words of the kind. */
const targetFields = {
	id: {
		field: 'id',
		type: 'uuid',
		schema: { is_primary_key: true, has_auto_increment: false, is_nullable: false },
		meta: { special: ['uuid'], interface: 'input', readonly: true, hidden: true },
	},
	status: (note: string) => ({
		field: 'status',
		type: 'string',
		schema: { default_value: 'draft', is_nullable: false },
		meta: {
			interface: 'select-dropdown',
			options: { choices: statusChoices },
			display: 'labels',
			display_options: { showAsDot: true, choices: statusChoices },
			width: 'half',
			note,
		},
	}),
	name: {
		field: 'name',
		type: 'string',
		schema: {},
		meta: { interface: 'input', width: 'half', note: 'What people call it.' },
	},
	url: (placeholder: string, note: string) => ({
		field: 'url',
		type: 'string',
		schema: { is_nullable: false, is_unique: true },
		meta: { interface: 'input', required: true, width: 'full', options: { iconLeft: 'link', placeholder }, note },
	}),
	apiKey: (note: string) => ({
		field: 'api_key',
		type: 'text',
		schema: {},
		meta: {
			special: ['encrypt'],
			interface: 'input',
			options: { masked: true, iconLeft: 'key' },
			width: 'half',
			note,
		},
	}),
	schema: (template: string, note: string) => ({
		field: 'schema',
		type: 'json',
		schema: {},
		meta: {
			special: ['cast-json'],
			interface: 'input-code',
			options: { language: 'json', lineNumber: true, template },
			width: 'full',
			note,
		},
	}),
	options: (note: string) => ({
		field: 'options',
		type: 'json',
		schema: {},
		meta: {
			special: ['cast-json'],
			interface: 'input-code',
			options: { language: 'json', lineNumber: true },
			width: 'full',
			note,
		},
	}),
	usersNotification: (note: string) => ({
		field: 'users_notification',
		type: 'alias',
		schema: null,
		meta: {
			special: ['m2m'],
			interface: 'list-m2m',
			options: {
				enableCreate: false,
				template: '{{directus_users_id.avatar}} {{directus_users_id.first_name}} {{directus_users_id.last_name}}',
			},
			display: 'related-values',
			width: 'full',
			note,
		},
	}),
};

const targetMeta = {
	archive_field: 'status',
	archive_value: 'archived',
	unarchive_value: 'draft',
	archive_app_filter: true,
	display_template: '{{name}} {{url}}',
	accountability: 'all',
};

/** The junction between the targets of a kind and the users to be told of them. */
const usersCollection = (collection: string, targets: string): CollectionDefinition => ({
	collection,
	recognisedBy: ['id', `${targets}_id`, 'directus_users_id'],
	meta: { icon: 'import_export', hidden: true },
	fields: [
		{
			field: 'id',
			type: 'integer',
			schema: { is_primary_key: true, has_auto_increment: true },
			meta: { hidden: true },
		},
		{ field: `${targets}_id`, type: 'uuid', schema: {}, meta: { hidden: true } },
		{ field: 'directus_users_id', type: 'uuid', schema: {}, meta: { hidden: true } },
	],
});

const relationsOf = (targets: string, users: string): RelationDefinition[] => [
	...['user_created', 'user_updated'].map((field) => ({
		collection: targets,
		field,
		related_collection: 'directus_users',
		meta: {},
		schema: { on_delete: 'SET NULL' },
	})),
	{
		collection: users,
		field: `${targets}_id`,
		related_collection: targets,
		meta: { one_field: 'users_notification', junction_field: 'directus_users_id', one_deselect_action: 'nullify' },
		schema: { on_delete: 'CASCADE' },
	},
	{
		collection: users,
		field: 'directus_users_id',
		related_collection: 'directus_users',
		meta: { junction_field: `${targets}_id` },
		schema: { on_delete: 'CASCADE' },
	},
];

export const FLUSH_TARGET_COLLECTION: CollectionDefinition = {
	collection: FLUSH_TARGETS,
	recognisedBy: ['id', 'url', 'schema'],
	meta: { icon: 'cached', note: 'Front ends and CDNs that Downstream tells about changes.', ...targetMeta },
	fields: [
		targetFields.id,
		targetFields.status('Only published targets are served.'),
		targetFields.name,
		targetFields.url(
			'https://www.example.com/api/flush',
			'Where requests go; for a CDN, the site whose pages are purged.',
		),
		{
			field: 'adapter',
			type: 'string',
			schema: { default_value: 'webhook' },
			meta: {
				interface: 'select-dropdown',
				width: 'half',
				options: { choices: ADAPTERS.map((value) => ({ value, text: value })) },
				note: 'How the target wants it on the wire.',
			},
		},
		{
			field: 'auth_header',
			type: 'string',
			schema: { default_value: 'bearer' },
			meta: {
				interface: 'select-dropdown',
				width: 'half',
				options: {
					allowOther: true,
					choices: [
						{ value: 'bearer', text: 'Authorization: Bearer' },
						{ value: 'api-key', text: 'Api-Key' },
						{ value: 'no-auth', text: 'None' },
					],
				},
				note: 'Which header carries the API key.',
			},
		},
		targetFields.apiKey('Stored encrypted.'),
		{
			field: 'signing_secret',
			type: 'text',
			schema: {},
			meta: {
				special: ['encrypt'],
				interface: 'input',
				options: { masked: true, iconLeft: 'signature', placeholder: 'whsec_…' },
				width: 'half',
				note: 'Signs every request (Standard Webhooks). While rotating: new and old secret, separated by a space.',
			},
		},
		targetFields.schema(
			'[\n  {\n    "collection": "articles",\n    "events": ["create", "update", "delete"],\n    "payload": ["id"]\n  }\n]',
			'The rules: which changes of which collection, with which fields.',
		),
		targetFields.options('Batching, time-outs, retries, and what the adapter needs.'),
		targetFields.usersNotification('Who is told when the target starts failing, and when it is over.'),
		...auditFields,
	],
};

export const FLUSH_TARGET_USERS_COLLECTION = usersCollection(FLUSH_TARGETS_USERS, FLUSH_TARGETS);
export const FLUSH_RELATIONS = relationsOf(FLUSH_TARGETS, FLUSH_TARGETS_USERS);

export const REMOTE_SOURCE_COLLECTION: CollectionDefinition = {
	collection: REMOTE_SOURCES,
	recognisedBy: ['id', 'url', 'schema'],
	meta: { icon: 'sync', note: 'Other Directus instances that Downstream keeps in sync with this one.', ...targetMeta },
	fields: [
		targetFields.id,
		targetFields.status('Only published remote sources are synced.'),
		targetFields.name,
		targetFields.url('https://other.example.com', 'Where the other Directus is.'),
		targetFields.apiKey('The token of the user "Data Sync Directus" over there. Stored encrypted.'),
		targetFields.schema(
			'[\n  {\n    "collection": "articles",\n    "fields": ["title", "slug"]\n  }\n]',
			'The rules: which collections are synced, with which fields, and which way.',
		),
		targetFields.options('Batching, time-outs, retries, and who stands for unknown users.'),
		targetFields.usersNotification('Who is told when syncing starts failing, and when it is over.'),
		...auditFields,
	],
};

export const REMOTE_SOURCE_USERS_COLLECTION = usersCollection(REMOTE_SOURCES_USERS, REMOTE_SOURCES);
export const REMOTE_SOURCE_RELATIONS = relationsOf(REMOTE_SOURCES, REMOTE_SOURCES_USERS);

/**
 * The policy and user as which other instances write here, and the access row between them. The user has no e-mail
 * address, password or token: nobody is it before an admin gives it a token. Without app and admin access it takes no seat.
 */
export const DATA_SYNC_ROWS = {
	policy: {
		id: DATA_SYNC.policy,
		name: DATA_SYNC.policyName,
		icon: 'sync_lock',
		description: 'What other instances may write here. Permit what they are to sync.',
		enforce_tfa: false,
		admin_access: false,
		app_access: false,
	},
	user: {
		id: DATA_SYNC.user,
		first_name: 'Data Sync',
		last_name: 'Directus',
		description: 'Other instances sync as this user. Give it a token, and enter that there.',
		status: 'active',
		provider: 'default',
		email_notifications: false,
	},
	/** `directus-sync` takes a policy that has no role for the public one, unless it comes second. */
	access: { id: DATA_SYNC.access, policy: DATA_SYNC.policy, user: DATA_SYNC.user, sort: 2 },
};
