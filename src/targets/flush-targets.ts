import { rememberedRule } from '../delivery/tables/delivery-table.js';
import type { TargetRows } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { flushRule } from '../../schema.js';
import { readTarget } from '../flush/core/read-target.js';
import { signingSecrets } from '../kernel/core/signing-secret.js';
import { checkFlushRules } from '../flush/core/validate-rules.js';
import { compileRule, type CompiledRule } from '../capture/core/watch.js';
import type { FlushTarget } from '../flush/flush-target.js';

/** Issues for which a rule sends nothing, not even keys. */
const REFUSED = ['secret_field', 'refused_collection'];

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

	/**
	 * The rule that a delivery was made by, compiled for today's schema. null if it no longer fits the schema; a refusal if it
	 * would send what must never leave.
	 */
	async function ruleByHash(hash: string, target: string): Promise<CompiledRule | { refusal: string } | null> {
		const rule = await rememberedRule(database, hash);
		const parsed = rule === null ? null : flushRule.safeParse(JSON.parse(rule));
		if (!parsed?.success) return null;
		const schema = await getSchema();
		const { issues } = checkFlushRules([parsed.data], schema);
		const refusal = issues.find(({ code }) => REFUSED.includes(code));
		if (refusal) return { refusal: refusal.message };
		return issues.length === 0 ? compileRule(parsed.data, target, -1, schema) : null;
	}

	return { all, ruleByHash };
}
