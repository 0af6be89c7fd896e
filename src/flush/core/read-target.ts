import type { Row } from '../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import { rulesThatSendNothing } from './nothing-to-send.js';
import { readJson } from '../../kernel/core/read-json.js';
import { automaticRules, isAutomatic } from '../core/pages/automatic-rules.js';
import { checkFlushOptions, checkFlushRules, type CheckedRules } from './validate-rules.js';
import type { AdapterName, TargetStatus } from '../../contract/vocabulary.js';
import { compileRule } from '../../capture/core/watch.js';

/** With automatic tags rules are kept, and not used. */
const NO_RULES: CheckedRules = { rules: [], issues: [] };

/** A flush target's fields, stored or not, as they are served: checked, its rules worked out; all but its secrets. */
export function readTarget(row: Row, id: string, schema: SchemaOverview) {
	const adapter = (row['adapter'] ?? 'webhook') as AdapterName;
	const { options, issues } = checkFlushOptions(adapter, readJson(row['options']), schema);
	const isAuto = isAutomatic(options);
	const checked = isAuto ? NO_RULES : checkFlushRules(readJson(row['schema']), schema);
	const nothing = rulesThatSendNothing(checked.rules, { adapter, options: readJson(row['options']) });
	const off = new Set(nothing.map(({ path }) => Number(path.split('/')[1])));
	return {
		id,
		kind: 'flush' as const,
		status: (row['status'] ?? 'draft') as TargetStatus,
		name: String(row['name'] ?? row['url'] ?? id),
		url: String(row['url'] ?? ''),
		adapter,
		authHeader: String(row['auth_header'] ?? 'bearer'),
		options,
		rules:
			options && isAuto
				? automaticRules(options, id, schema)
				: checked.rules.flatMap((rule, index) =>
						rule && !off.has(index) ? [compileRule(rule, id, index, schema)] : [],
					),
		issues: [
			...[...checked.issues, ...nothing].map((issue) => ({ ...issue, path: `/schema${issue.path}` })),
			...issues.map((issue) => ({
				...issue,
				path: issue.path === '/adapter' ? issue.path : `/options${issue.path}`,
			})),
		],
	};
}
