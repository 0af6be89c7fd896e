import type { SchemaOverview } from '@directus/types';
import { isRecord } from '../is-record.js';
import type { Row } from '../item-change.js';
import { readJson } from '../read-json.js';
import type { TargetStatus } from '../vocabulary.js';
import { compileSyncRules } from './compile-sync-rules.js';
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
		url: url.replace(/\/+$/, ''),
		options,
		rules: compileSyncRules(checked.rules, id, schema),
		off: turnedOff(Array.isArray(given) ? given : [], checked),
		issues: [
			...checked.issues.map((issue) => ({ ...issue, path: `/schema${issue.path}` })),
			...issues.map((issue) => ({ ...issue, path: `/options${issue.path}` })),
		],
	};
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
