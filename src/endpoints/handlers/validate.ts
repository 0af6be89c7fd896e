import { rulesThatSendNothing } from '../../core/nothing-to-send.js';
import { checkFlushOptions, checkFlushRules } from '../../core/validate-rules.js';
import { RequestError, type Handler } from '../respond.js';

/** The same checks as on saving a target. */
export const validate: Handler<'validate'> = async ({ input, runtime }) => {
	if (input.kind !== 'flush')
		throw new RequestError(
			501,
			'NOT_IMPLEMENTED',
			'rules of remote sources cannot be checked yet: this version has no sync',
		);
	const checked = checkFlushRules(input.schema, await runtime.getSchema());
	const given = input.options !== undefined || input.adapter !== undefined;
	const options = given
		? checkFlushOptions(input.adapter, input.options).issues.map((issue) => ({
				...issue,
				path: issue.path === '/adapter' ? issue.path : `/options${issue.path}`,
			}))
		: [];
	const empty = given ? rulesThatSendNothing(checked.rules, { adapter: input.adapter, options: input.options }) : [];
	const issues = [...checked.issues, ...empty, ...options];
	return { data: { valid: issues.length === 0, issues } };
};
