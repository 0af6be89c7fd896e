import type { CompiledSyncRule } from '../rules/compile-sync-rules.js';

/** Rules in an order in which what is referred to comes before what refers to it; circles are broken anywhere. */
export function referredFirst(rules: CompiledSyncRule[]): CompiledSyncRule[] {
	const known = new Map(rules.map((rule) => [rule.rule.collection, rule]));
	const ordered = new Set<CompiledSyncRule>();
	const add = (rule: CompiledSyncRule, path: Set<string>) => {
		if (ordered.has(rule) || path.has(rule.rule.collection)) return;
		for (const { related } of rule.model.fields.values()) {
			const other = related === null ? undefined : known.get(related);
			if (other) add(other, new Set([...path, rule.rule.collection]));
		}
		ordered.add(rule);
	};
	for (const rule of rules) add(rule, new Set());
	return [...ordered];
}
