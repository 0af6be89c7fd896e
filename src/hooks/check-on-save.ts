import { createError } from '@directus/errors';
import type { EventContext, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Row } from '../core/item-change.js';
import { checkRemoteSource } from '../core/sync/validate-remote-source.js';
import type { Issue } from '../core/validate-rules.js';
import { checkTarget } from '../core/validate-target.js';
import { FLUSH_TARGETS, MASK, REMOTE_SOURCES } from '../core/vocabulary.js';
import type { Started } from '../start.js';
import type { Events } from './events.js';

const InvalidTarget = createError<{ reason: string; issues: unknown }>(
	'INVALID_PAYLOAD',
	({ reason }) => `Invalid payload. ${reason}`,
	400,
);

/** How the targets of one kind are checked. */
interface Checked {
	collection: string;
	check: (row: Row, schema: SchemaOverview) => Issue[];
	/** Fields whose change can make a target invalid; a published one is free to change the others. */
	fields: string[];
	/** Encrypted fields: shown as a mask. */
	secrets: string[];
}

const KINDS: Checked[] = [
	{
		collection: FLUSH_TARGETS,
		check: checkTarget,
		fields: ['status', 'url', 'adapter', 'auth_header', 'schema', 'options', 'signing_secret'],
		secrets: ['api_key', 'signing_secret'],
	},
	{
		collection: REMOTE_SOURCES,
		check: checkRemoteSource,
		fields: ['status', 'url', 'schema', 'options'],
		secrets: ['api_key'],
	},
];

/**
 * Refuses to store an invalid target as published, whichever way it is saved, in the words of `/validate`. Drafts may
 * be unfinished.
 */
export function checkOnSave({ filter }: Events, { runtime }: Started): void {
	const schemaOf = async (context: EventContext) => context.schema ?? (await runtime.getSchema());

	for (const kind of KINDS) {
		const check = (row: Row, schema: SchemaOverview) => {
			const issues = kind.check(row, schema);
			if (issues.length === 0) return;
			const [first] = issues;
			const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
			throw new InvalidTarget({ reason: `${first?.path}: ${first?.message}${more}`, issues });
		};

		filter(`${kind.collection}.items.create`, async (payload: unknown, _meta: unknown, context: EventContext) => {
			const row = payload as Row;
			mustBeJson(row);
			if (row['status'] === 'published') check(row, await schemaOf(context));
		});

		filter(`${kind.collection}.items.update`, async (payload: unknown, meta: unknown, context: EventContext) => {
			const change = withoutMasks(payload as Row, kind.secrets);
			if (!kind.fields.some((field) => field in change)) return change;
			mustBeJson(change);
			const { keys } = meta as { keys: string[] };
			const database = context.database as unknown as Knex;
			const stored = await database(kind.collection).select<Row[]>('*').whereIn('id', keys);
			for (const row of stored) {
				// A stored secret is encrypted, and was checked when it was set.
				const readable = Object.fromEntries(Object.entries(row).filter(([field]) => !kind.secrets.includes(field)));
				const merged: Row = { ...readable, ...change };
				if (merged['status'] === 'published') check(merged, await schemaOf(context));
			}
			return change;
		});
	}
}

/** Text that is no JSON is refused in drafts too: on PostgreSQL it could not be stored, and Directus would answer 500. */
function mustBeJson(change: Row): void {
	for (const field of ['schema', 'options']) {
		const value = change[field];
		try {
			if (typeof value === 'string') JSON.parse(value);
		} catch {
			const issue = { path: `/${field}`, code: 'invalid_json', message: 'expected JSON, got a text that is none' };
			throw new InvalidTarget({ reason: `${issue.path}: ${issue.message}`, issues: [issue] });
		}
	}
}

/** A client that saves what it was shown must not make the mask the key. */
function withoutMasks(change: Row, secrets: string[]): Row {
	return Object.fromEntries(
		Object.entries(change).filter(([field, value]) => !secrets.includes(field) || value !== MASK),
	);
}
