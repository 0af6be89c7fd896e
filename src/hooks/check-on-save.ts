import { createError } from '@directus/errors';
import type { EventContext } from '@directus/types';
import type { Knex } from 'knex';
import type { Row } from '../core/item-change.js';
import { checkTarget } from '../core/validate-target.js';
import { FLUSH_TARGETS, MASK } from '../core/vocabulary.js';
import type { Started } from '../start.js';
import type { Events } from './events.js';

const InvalidTarget = createError<{ reason: string; issues: unknown }>(
	'INVALID_PAYLOAD',
	({ reason }) => `Invalid payload. ${reason}`,
	400,
);

/** Fields whose change can make a target invalid; a published target is free to change the others. */
const CHECKED = ['status', 'url', 'adapter', 'auth_header', 'schema', 'options', 'signing_secret'];

const SECRETS = ['api_key', 'signing_secret'];

/**
 * Refuses to store an invalid target as published, whichever way it is saved, in the words of `/validate`. Drafts may
 * be unfinished.
 */
export function checkOnSave({ filter }: Events, { runtime }: Started): void {
	const schemaOf = async (context: EventContext) => context.schema ?? (await runtime.getSchema());

	const check = (row: Row, schema: Awaited<ReturnType<typeof schemaOf>>) => {
		const issues = checkTarget(row, schema);
		if (issues.length === 0) return;
		const [first] = issues;
		const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
		throw new InvalidTarget({ reason: `${first?.path}: ${first?.message}${more}`, issues });
	};

	filter(`${FLUSH_TARGETS}.items.create`, async (payload: unknown, _meta: unknown, context: EventContext) => {
		const row = payload as Row;
		mustBeJson(row);
		if (row['status'] === 'published') check(row, await schemaOf(context));
	});

	filter(`${FLUSH_TARGETS}.items.update`, async (payload: unknown, meta: unknown, context: EventContext) => {
		const change = withoutMasks(payload as Row);
		if (!CHECKED.some((field) => field in change)) return change;
		mustBeJson(change);
		const { keys } = meta as { keys: string[] };
		const stored = await (context.database as unknown as Knex)(FLUSH_TARGETS).select<Row[]>('*').whereIn('id', keys);
		for (const row of stored) {
			// A stored secret is encrypted, and was checked when it was set.
			const merged: Row = { ...row, signing_secret: null, ...change };
			if (merged['status'] === 'published') check(merged, await schemaOf(context));
		}
		return change;
	});
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
function withoutMasks(change: Row): Row {
	return Object.fromEntries(
		Object.entries(change).filter(([field, value]) => !SECRETS.includes(field) || value !== MASK),
	);
}
