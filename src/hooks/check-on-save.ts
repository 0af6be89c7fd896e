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
	/** What of its rules somebody may not read. */
	rights: (row: Row, permissions: ReadPermission[], schema: SchemaOverview) => Issue[];
	/** Fields whose change can make a target invalid; a published one is free to change the others. */
	fields: string[];
	/** Those whose change makes whoever changes them the publisher: what is sent, and where. */
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
	const schemaOf = async ({ schema }: EventContext) => (schema ? ownNamesOnly(schema) : await runtime.getSchema());
	/** Whose change of a target is on its way, until Directus tells of the change itself. */
	const changing = new Map<string, string>();

	/** What is published sends no more than whoever publishes it may read. Code that acts for nobody is trusted. */
	async function checkRights(kind: Checked, row: Row, context: EventContext): Promise<void> {
		const { accountability } = context;
		if (!accountability || accountability.admin) return;
		const schema = await schemaOf(context);
		const doors = { database: context.database as unknown as Knex, services: runtime.services, schema };
		const permissions = await readPermissionsOf(doors, accountability);
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

	for (const kind of KINDS) {
		const check = async (row: Row, context: EventContext) => {
			if (row['status'] !== 'published') return;
			refuse(kind.check(row, await schemaOf(context)));
			await checkRights(kind, row, context);
			if (kind.collection === REMOTE_SOURCES) await checkOther(row, context);
		};

		filter(`${kind.collection}.items.create`, async (payload: unknown, _meta: unknown, context: EventContext) => {
			// "Save as copy" sends what the Studio shows, and that is the mask where there is a secret.
			const row = withoutMasks(payload as Row, kind.secrets);
			mustBeJson(row);
			refuse(keyIssues(row));
			await check(row, context);
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
				const readable = Object.fromEntries(Object.entries(row).filter(([field]) => !kind.secrets.includes(field)));
				const merged: Row = { ...readable, ...change };
				await check(merged, context);
			}
			const { accountability } = context;
			if (accountability && kind.publishes.some((field) => field in change))
				for (const key of keys) changing.set(key, accountability.user ?? '');
			return change;
		});
	}

	// Here the key is known, and the change's own transaction is open: whoever publishes is kept with what is published.
	filter('activity.create', async (payload: unknown, _meta: unknown, context: EventContext) => {
		const { collection, action, item, user } = payload as Record<string, unknown>;
		if (!KINDS.some((kind) => kind.collection === collection)) return;
		const target = String(item);
		const database = context.database as unknown as Knex;
		if (action === 'delete') return keep(database, () => forgetPublisher(database, target), true);
		const by = typeof user === 'string' ? user : '';
		const isChanged = changing.get(target) === by;
		changing.delete(target);
		if (action !== 'create' && !isChanged) return;
		const admin = await isAdmin({ database, services: runtime.services, schema: await schemaOf(context) }, by);
		const at = runtime.clock.now();
		await keep(database, () => rememberPublisher(database, { target, user: by, admin, at }), admin);
	});

	/**
	 * Stores who published. If that fails, an admin's save goes through, as before publishers were stored; any other save
	 * would count as an admin's, and is refused.
	 */
	async function keep(database: Knex, write: () => Promise<void>, admin: boolean): Promise<void> {
		try {
			await apart(database, write);
		} catch (error) {
			if (hasEndedTransaction(error)) throw error;
			const why = error instanceof Error ? error.message : String(error);
			runtime.logger.error(`[downstream] who published a target could not be kept: ${why}`);
			if (!admin) throw new NotKept();
		}
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

/** Text that is no JSON is refused in drafts too: on PostgreSQL it could not be stored, and Directus would answer 500. */
function mustBeJson(change: Row): void {
	for (const field of ['schema', 'options'] as const) {
		const path = `/${field}`;
		const value = change[field];
		let parsed: unknown = value;
		try {
			if (typeof value === 'string') parsed = JSON.parse(value);
		} catch {
			refuse([{ path, code: 'invalid_json', message: 'expected JSON, got a text that is none' }]);
		}
		if (isNestedTooDeeply(parsed))
			refuse([{ path, code: 'too_deep', message: `expected JSON of at most ${MOST_NESTED} levels, got more` }]);
		const message = oversizeOf(parsed, MOST_BYTES[field]);
		if (message !== null) refuse([{ path, code: 'too_big', message }]);
	}
}

/** A client that saves what it was shown must not make the mask the key; a copy has none, until somebody sets it. */
function withoutMasks(change: Row, secrets: string[]): Row {
	return Object.fromEntries(
		Object.entries(change).filter(([field, value]) => !secrets.includes(field) || value !== MASK),
	);
}
