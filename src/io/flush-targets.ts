import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { flushRule } from '../../schema.js';
import type { Row } from '../core/item-change.js';
import { readTarget } from '../core/read-target.js';
import { signingSecrets } from '../core/signature.js';
import { checkFlushRules } from '../core/validate-rules.js';
import { compileRule, type CompiledRule } from '../core/watch.js';
import type { TargetRows } from '../engine/ports.js';
import type { FlushTarget } from '../engine/stored.js';

/** Reads flush targets from their collection. */
export function createFlushTargets(stored: TargetRows, database: Knex, getSchema: () => Promise<SchemaOverview>) {
	const withSecrets = (row: Row, schema: SchemaOverview): FlushTarget => ({
		...readTarget(row, String(row['id']), schema),
		secrets: async () => ({
			apiKey: await stored.decrypt(row['api_key']),
			signing: signingSecrets(await stored.decrypt(row['signing_secret'])),
		}),
	});

	/** Every target, of any status. */
	async function all(): Promise<FlushTarget[]> {
		const schema = await getSchema();
		return (await stored.all()).map((row) => withSecrets(row, schema));
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

	return { all, ruleByHash };
}
