import type { SyncRule } from '../../../schema.js';
import type { RuleClosure } from '../../contract/answers/links.js';
import { closureOf } from '../core/rules/compile-sync-rules.js';
import { checkSyncRules } from '../core/rules/validate-sync-rules.js';
import type { SyncPorts } from '../sync-ports.js';

/** Works out, for rules that need not be stored, which related collections they lead to, with how many items there are. */
export async function closure(
	ports: SyncPorts<'database' | 'getSchema' | 'services'>,
	rules: unknown,
): Promise<RuleClosure[]> {
	const schema = await ports.getSchema();
	const { rules: checked } = checkSyncRules(rules, schema);
	const valid = checked.filter((rule) => rule !== null);
	const counts = new Map<string, number | null>();
	const countOf = async (collection: string) => {
		if (!counts.has(collection))
			counts.set(collection, schema.collections[collection] ? await count(ports, collection) : null);
		return counts.get(collection) ?? null;
	};
	const closures: RuleClosure[] = [];
	for (const [index, rule] of checked.entries()) {
		if (!rule) continue;
		const needs: RuleClosure['needs'] = [];
		for (const need of closureOf(rule, valid, schema)) needs.push({ ...need, count: await countOf(need.collection) });
		closures.push({ index, collection: rule.collection, count: await count(ports, rule.collection, rule.when), needs });
	}
	return closures;
}

/** With full rights, and without Directus' events. */
async function count(
	{ services, database, getSchema }: SyncPorts<'database' | 'getSchema' | 'services'>,
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
