import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { flushRule } from '../../schema.js';
import { isEncrypted } from '../core/install-plan.js';
import type { Row } from '../core/item-change.js';
import { readTarget } from '../core/read-target.js';
import { signingSecrets } from '../core/signature.js';
import { checkFlushRules } from '../core/validate-rules.js';
import { FLUSH_TARGETS, FLUSH_TARGETS_USERS } from '../core/vocabulary.js';
import { compileRule, type CompiledRule } from '../core/watch.js';
import type { FlushTarget } from '../engine/stored.js';
import type { DirectusServices } from './directus-services.js';

/** Reads flush targets from their collection, whether this package or its predecessor made it. */
export function createFlushTargets(
	database: Knex,
	services: DirectusServices,
	getSchema: () => Promise<SchemaOverview>,
) {
	const decrypted = new Map<string, string | null>();

	async function decrypt(value: unknown): Promise<string | null> {
		if (typeof value !== 'string' || value === '') return null;
		// The predecessor stored keys in clear, and goes on doing so where the schema may not be changed.
		if (!isEncrypted(value)) return value;
		const known = decrypted.get(value);
		if (known !== undefined) return known;
		const payload = new services.PayloadService(FLUSH_TARGETS, {
			accountability: null,
			knex: database,
			schema: await getSchema(),
		});
		const { api_key: clear } = await payload.processValues('read', { api_key: value });
		if (decrypted.size > 5_000) decrypted.clear();
		decrypted.set(value, typeof clear === 'string' ? clear : null);
		return typeof clear === 'string' ? clear : null;
	}

	const withSecrets = (row: Row, schema: SchemaOverview): FlushTarget => ({
		...readTarget(row, String(row['id']), schema),
		secrets: async () => ({
			apiKey: await decrypt(row['api_key']),
			signing: signingSecrets(await decrypt(row['signing_secret'])),
		}),
	});

	/** Every target, of any status. None where the collection is not there. */
	async function all(): Promise<FlushTarget[]> {
		const schema = await getSchema();
		if (!(FLUSH_TARGETS in schema.collections)) return [];
		const rows = await database(FLUSH_TARGETS).select<Row[]>('*');
		return rows.map((row) => withSecrets(row, schema));
	}

	/** Users to be told of a target's failing. */
	async function usersToNotify(target: string): Promise<string[]> {
		if (!(FLUSH_TARGETS_USERS in (await getSchema()).collections)) return [];
		const rows = await database(FLUSH_TARGETS_USERS)
			.select<Row[]>('directus_users_id')
			.where({ [`${FLUSH_TARGETS}_id`]: target })
			.whereNotNull('directus_users_id');
		return [...new Set(rows.map((row) => String(row['directus_users_id'])))];
	}

	/** The rule that a delivery remembers by its hash, worked out for today's schema; null where it no longer fits. */
	async function ruleByHash(hash: string, target: string): Promise<CompiledRule | null> {
		const row = await database('downstream_rules').where({ hash }).first<{ rule: string } | undefined>('rule');
		const parsed = row ? flushRule.safeParse(JSON.parse(row.rule)) : null;
		if (!parsed?.success) return null;
		const schema = await getSchema();
		return checkFlushRules([parsed.data], schema).issues.length === 0
			? compileRule(parsed.data, target, -1, schema)
			: null;
	}

	return { all, usersToNotify, ruleByHash };
}
