import type { ConfigIssue } from '../../../contract/plan.js';

/** What stands in the way of a push, and what does not but should be known. */
export interface CheckResult {
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

export const issue = (path: string, code: string, message: string, suggestion?: string): ConfigIssue => ({
	file: null,
	path,
	code,
	message,
	...(suggestion === undefined ? {} : { suggestion }),
});
