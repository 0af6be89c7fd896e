import type { Row } from '../../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import { isRecord } from '../../../kernel/core/is-record.js';
import { readJson } from '../../../kernel/core/read-json.js';
import type { TargetStatus } from '../../../contract/vocabulary.js';
import { compileSyncRules, type CompiledSyncRule } from './compile-sync-rules.js';
import { checkSyncOptions, checkSyncRules } from './validate-sync-rules.js';

/** A remote source's fields, stored or not, as they are served: checked, its rules worked out; all but its key. */
export function readRemoteSource(row: Row, id: string, schema: SchemaOverview) {
	const given = readJson(row['schema'] ?? []);
	const checked = checkSyncRules(given, schema);
	const { options, issues } = checkSyncOptions(readJson(row['options']));
	const url = String(row['url'] ?? '');
	return {
		id,
		kind: 'sync' as const,
		status: (row['status'] ?? 'draft') as TargetStatus,
		name: String(row['name'] || url || id),
		url: url.replace(/(?<!\/)\/+$/, ''),
		options,
		rules: compileSyncRules(checked.rules, id, schema).map((compiled) => withDirection(compiled, given)),
		off: turnedOff(Array.isArray(given) ? given : [], checked),
		issues: [
			...checked.issues.map((issue) => ({ ...issue, path: `/schema${issue.path}` })),
			...issues.map((issue) => ({ ...issue, path: `/options${issue.path}` })),
		],
	};
}

/** The predecessor's rules say nothing of a direction, and those of both sides may be of the same collections. */
function withDirection(compiled: CompiledSyncRule, given: unknown): CompiledSyncRule {
	const written = Array.isArray(given) ? (given as unknown[])[compiled.index] : null;
	const isWritten = isRecord(written) && written['direction'] === 'push';
	return isWritten && compiled.rule.direction === 'push' ? { ...compiled, onlySends: true } : compiled;
}

/** The collections of rules that are invalid, as far as they name one. */
function turnedOff(given: unknown[], { rules, issues }: ReturnType<typeof checkSyncRules>) {
	return rules.flatMap((rule, index) => {
		if (rule !== null) return [];
		const { collection, name } = isRecord(given[index]) ? given[index] : {};
		const of = issues.filter(({ path }) => path.split('/')[1] === String(index));
		return [{ collection: String(collection ?? name ?? ''), message: of.map(({ message }) => message).join('; ') }];
	});
}
