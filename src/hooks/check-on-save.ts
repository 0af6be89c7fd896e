import type { Issue } from '../contract/issue.js';
import type { Row } from '../kernel/core/row.js';
import { createError } from '@directus/errors';
import type { EventContext, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { LIMITS } from '../../schema.js';
import { isAdmin, readPermissionsOf } from '../targets/publisher-rights.js';
import { isNestedTooDeeply, MOST_NESTED, oversizeOf } from '../kernel/core/json-depth.js';
import { ownNamesOnly } from '../kernel/core/own-names.js';
import { readTarget } from '../flush/core/read-target.js';
import { flushRightsIssues, syncRightsIssues, type ReadPermission } from '../targets/core/rule-rights.js';
import { readRemoteSource } from '../sync/core/rules/read-remote-source.js';
import { checkRemoteSource } from '../sync/core/rules/validate-remote-source.js';
import { isSameUrl } from '../kernel/core/target-url.js';
import { checkTarget, keyIssues } from '../flush/core/validate-target.js';
import { FLUSH_TARGETS, MASK, REMOTE_SOURCES } from '../contract/vocabulary.js';
import type { Started } from '../app/start.js';
import { apart } from '../kernel/database/savepoint.js';
import { hasEndedTransaction } from '../kernel/core/database-errors.js';
import { forgetPublisher, rememberPublisher } from '../targets/tables/publisher-table.js';
import type { Events } from './events.js';
import { messageOf } from '../kernel/core/message-of.js';

const InvalidTarget = createError<{ reason: string; issues: unknown }>(
	'INVALID_PAYLOAD',
	({ reason }) => `Invalid payload. ${reason}`,
	400,
);

const NotKept = createError(
	'SERVICE_UNAVAILABLE',
	'Downstream could not store who published this target. Try again in a minute; the log of Directus says why.',
	503,
);

/** How the targets of one kind are checked. */
interface Checked {
	collection: string;
	check: (row: Row, schema: SchemaOverview) => Issue[];
	/** Issues for what its rules send and the publisher may not read. */
	rights: (row: Row, permissions: ReadPermission[], schema: SchemaOverview) => Issue[];
	/** Fields whose change can make a target invalid; a published one is free to change the others. */
	fields: string[];
	/** Fields that say what is sent, and where: changing them makes the user its publisher. */
	publishes: string[];
	/** Encrypted fields: shown as a mask. */
	secrets: string[];
}

const KINDS: Checked[] = [
	{
		collection: FLUSH_TARGETS,
		check: checkTarget,
		rights: (row, permissions, schema) =>
			flushRightsIssues(readTarget(row, '', schema).rules, permissions, schema, 'you'),
		fields: ['status', 'url', 'adapter', 'auth_header', 'schema', 'options', 'signing_secret'],
		publishes: ['status', 'url', 'adapter', 'schema', 'options'],
		secrets: ['api_key', 'signing_secret'],
	},
	{
		collection: REMOTE_SOURCES,
		check: checkRemoteSource,
		rights: (row, permissions, schema) =>
			syncRightsIssues(readRemoteSource(row, '', schema).rules, permissions, schema, 'you'),
		fields: ['status', 'url', 'schema', 'options'],
		publishes: ['status', 'url', 'schema', 'options'],
		secrets: ['api_key'],
	},
];

/**
 * Refuses to store an invalid target as published, whichever way it is saved, in the words of `/validate`. Drafts may
 * be unfinished.
 */
export function checkOnSave({ filter }: Events, { runtime }: Started): void {
	/** By target, the user whose save is under way, until its activity row is written. */
	const changing = new Map<string, string>();

	for (const kind of KINDS) {
		const check = async (row: Row, context: EventContext) => {
			if (row['status'] !== 'published') return;
			refuse(kind.check(row, await schemaOf(context, runtime)));
			await checkRights(kind, row, context, runtime);
			if (kind.collection === REMOTE_SOURCES) await checkOther(row, context);
		};

		filter(`${kind.collection}.items.create`, async (payload: unknown, _meta: unknown, context: EventContext) => {
			// "Save as copy" sends what the Studio shows: for a secret, its mask.
			const row = withoutMasks(payload as Row, kind.secrets);
			mustBeJson(row);
			refuse(keyIssues(row));
			await check({ ...Object.fromEntries(kind.secrets.map((field) => [field, null])), ...row }, context);
			return row;
		});

		filter(`${kind.collection}.items.update`, async (payload: unknown, meta: unknown, context: EventContext) => {
			const change = withoutMasks(payload as Row, kind.secrets);
			const { keys } = meta as { keys: string[] };
			for (const key of keys) changing.delete(key);
			if (![...kind.fields, 'api_key'].some((field) => field in change)) return change;
			mustBeJson(change);
			refuse(keyIssues(change));
			const database = context.database as unknown as Knex;
			const stored = await database(kind.collection).select<Row[]>('*').whereIn('id', keys);
			for (const row of stored) {
				// A stored secret is encrypted, and was checked when it was set.
				const readable = Object.fromEntries(
					Object.entries(row).filter(([field, value]) => value === null || !kind.secrets.includes(field)),
				);
				const merged: Row = { ...readable, ...change };
				await check(merged, context);
			}
			const { accountability } = context;
			if (accountability && kind.publishes.some((field) => field in change))
				for (const key of keys) changing.set(key, accountability.user ?? '');
			return change;
		});
	}

	// Only here the key of a new target is known while its transaction is open: the publisher is stored with the target or
	// not at all.
	filter('activity.create', async (payload: unknown, _meta: unknown, context: EventContext) => {
		const { collection, action, item, user } = payload as Record<string, unknown>;
		if (!KINDS.some((kind) => kind.collection === collection)) return;
		const target = String(item);
		const database = context.database as unknown as Knex;
		if (action === 'delete') return keep(runtime, database, () => forgetPublisher(database, target), true);
		const by = typeof user === 'string' ? user : '';
		const isChanged = changing.get(target) === by;
		changing.delete(target);
		if (action !== 'create' && !isChanged) return;
		const admin = await isAdmin({ database, services: runtime.services, schema: await schemaOf(context, runtime) }, by);
		const at = runtime.clock.now();
		await keep(runtime, database, () => rememberPublisher(database, { target, user: by, admin, at }), admin);
	});
}

type Runtime = Started['runtime'];

const schemaOf = async ({ schema }: EventContext, runtime: Runtime) =>
	schema ? ownNamesOnly(schema) : await runtime.getSchema();

/** A published target sends no more than its publisher may read. Code that acts without a user is trusted. */
async function checkRights(kind: Checked, row: Row, context: EventContext, runtime: Runtime): Promise<void> {
	const { accountability } = context;
	if (!accountability || accountability.admin) return;
	const schema = await schemaOf(context, runtime);
	const ports = { database: context.database as unknown as Knex, services: runtime.services, schema };
	const permissions = await readPermissionsOf(ports, accountability);
	refuse(permissions === null ? [] : kind.rights(row, permissions, schema).map(inSchema));
}

/** Two sources for one instance would both send it everything, and its own changes could belong to either. */
async function checkOther(row: Row, context: EventContext): Promise<void> {
	const database = context.database as unknown as Knex;
	const published = await database(REMOTE_SOURCES)
		.where({ status: 'published' })
		.select<{ id: string; name: string | null; url: string }[]>('id', 'name', 'url');
	const other = published.find(({ id, url }) => id !== row['id'] && isSameUrl(url, String(row['url'])));
	if (!other) return;
	const message = `the remote source "${other.name ?? other.id}" already has this address: put the rules of both into one`;
	refuse([{ path: '/url', code: 'same_remote', message }]);
}

/**
 * Stores who published. If that fails, an admin's save goes through. Any other save is refused, because a target
 * without a publisher counts as an admin's.
 */
async function keep(runtime: Runtime, database: Knex, write: () => Promise<void>, admin: boolean): Promise<void> {
	try {
		await apart(database, write);
	} catch (error) {
		if (hasEndedTransaction(error)) throw error;
		const why = messageOf(error);
		runtime.logger.error(`[downstream] who published a target could not be kept: ${why}`);
		if (!admin) throw new NotKept();
	}
}

function refuse(issues: Issue[]): void {
	if (issues.length === 0) return;
	const [first] = issues;
	const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
	throw new InvalidTarget({ reason: `${first?.path}: ${first?.message}${more}`, issues });
}

const inSchema = (issue: Issue): Issue => ({ ...issue, path: `/schema${issue.path}` });

const MOST_BYTES = { schema: LIMITS.rulesJson, options: LIMITS.optionsJson };

/** Invalid JSON is refused in drafts, too: PostgreSQL cannot store it, and Directus would answer 500. */
function mustBeJson(change: Row): void {
	for (const field of ['schema', 'options'] as const) {
		const path = `/${field}`;
		const value = change[field];
		let parsed: unknown = value;
		try {
			if (typeof value === 'string') parsed = JSON.parse(value);
		} catch {
			refuse([{ path, code: 'invalid_json', message: 'expected JSON, got text that is not JSON' }]);
		}
		if (isNestedTooDeeply(parsed))
			refuse([{ path, code: 'too_deep', message: `expected JSON of at most ${MOST_NESTED} levels, got more` }]);
		const message = oversizeOf(parsed, MOST_BYTES[field]);
		if (message !== null) refuse([{ path, code: 'too_big', message }]);
	}
}

/**
 * A client that saves what it was shown must not store the mask as the key. A copied target has no key until somebody sets
 * it.
 */
function withoutMasks(change: Row, secrets: string[]): Row {
	return Object.fromEntries(
		Object.entries(change).filter(([field, value]) => !secrets.includes(field) || value !== MASK),
	);
}
