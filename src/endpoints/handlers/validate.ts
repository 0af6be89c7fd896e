import type { Issue } from '../../contract/issue.js';
import { isAutomatic } from '../../flush/core/pages/automatic-rules.js';
import { rulesThatSendNothing } from '../../flush/core/nothing-to-send.js';
import { checkSyncOptions, checkSyncRules } from '../../sync/core/rules/validate-sync-rules.js';
import { checkFlushOptions, checkFlushRules } from '../../flush/core/validate-rules.js';
import type { Handler } from '../respond.js';

/** The same checks as on saving a target. */
export const validate: Handler<'validate'> = async ({ input, runtime }) => {
	const schema = await runtime.getSchema();
	if (input.kind === 'sync') {
		const options = input.options === undefined ? [] : checkSyncOptions(input.options).issues;
		return answer([...checkSyncRules(input.schema, schema).issues, ...options.map(ofOptions)]);
	}
	const given = input.options !== undefined || input.adapter !== undefined;
	const { options, issues } = given ? checkFlushOptions(input.adapter, input.options, schema) : NOT_GIVEN;
	const inOptions = issues.map((issue) => (issue.path === '/adapter' ? issue : ofOptions(issue)));
	if (isAutomatic(options)) return answer(inOptions);
	const checked = checkFlushRules(input.schema, schema);
	const empty = given ? rulesThatSendNothing(checked.rules, { adapter: input.adapter, options: input.options }) : [];
	return answer([...checked.issues, ...empty, ...inOptions]);
};

const NOT_GIVEN = { options: null, issues: [] };
const ofOptions = (issue: Issue): Issue => ({ ...issue, path: `/options${issue.path}` });
const answer = (issues: Issue[]) => ({ data: { valid: issues.length === 0, issues } });
