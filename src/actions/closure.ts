import type { SyncRule } from '../../schema.js';
import { closureOf, type Needed } from '../core/sync/compile-sync-rules.js';
import { checkSyncRules } from '../core/sync/validate-sync-rules.js';
import type { Runtime } from '../runtime.js';

/** What a rule would send, and what its items refer to. */
export interface RuleClosure {
	index: number;
	collection: string;
	/** Items that match the rule. */
	count: number;
	needs: (Needed & { count: number | null })[];
}

/** Works out, for rules that need not be stored, which related collections they lead to, with how many items there are. */
export async function closure(runtime: Runtime, rules: unknown): Promise<RuleClosure[]> {
	const schema = await runtime.getSchema();
	const { rules: checked } = checkSyncRules(rules, schema);
	const valid = checked.filter((rule) => rule !== null);
	const counts = new Map<string, number | null>();
	const countOf = async (collection: string) => {
		if (!counts.has(collection))
			counts.set(collection, schema.collections[collection] ? await count(runtime, collection) : null);
		return counts.get(collection) ?? null;
	};
	const found: RuleClosure[] = [];
	for (const [index, rule] of checked.entries()) {
		if (!rule) continue;
		const needs: RuleClosure['needs'] = [];
		for (const need of closureOf(rule, valid, schema)) needs.push({ ...need, count: await countOf(need.collection) });
		found.push({ index, collection: rule.collection, count: await count(runtime, rule.collection, rule.when), needs });
	}
	return found;
}

/** With full rights, and without Directus' events. */
async function count(
	{ services, database, getSchema }: Runtime,
	collection: string,
	when?: SyncRule['when'],
): Promise<number> {
	const service = new services.ItemsService(collection, {
		schema: await getSchema(),
		knex: database,
		accountability: null,
	});
	const [row] = await service.readByQuery(
		{ aggregate: { count: ['*'] }, ...(when ? { filter: when } : {}) },
		{ emitEvents: false },
	);
	return Number(row?.['count'] ?? 0);
}
