import type { SchemaOverview } from '@directus/types';
import type { Row } from './item-change.js';
import { rulesThatSendNothing } from './nothing-to-send.js';
import { readJson } from './read-json.js';
import { signingSecretProblem } from './signature.js';
import { urlProblem } from './target-url.js';
import { checkFlushOptions, checkFlushRules, type Issue } from './validate-rules.js';

/** Checks a whole flush target as it is about to be published; paths are JSON pointers into its fields. */
export function checkTarget(row: Row, schema: SchemaOverview): Issue[] {
	const issues: Issue[] = [];
	const url = typeof row['url'] === 'string' ? row['url'] : JSON.stringify(row['url'] ?? '');
	const problem = urlProblem(url, 'https://www.example.com/api/flush');
	if (problem) issues.push({ path: '/url', code: 'invalid_url', message: problem });
	const header = row['auth_header'];
	if (typeof header === 'string' && header !== '' && !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) {
		issues.push({
			path: '/auth_header',
			code: 'invalid_header',
			message: `"${header}" is not a header name; expected bearer, api-key, no-auth or the name of a header`,
		});
	}
	const secret = row['signing_secret'];
	const secretProblem = typeof secret === 'string' && secret !== '' ? signingSecretProblem(secret) : null;
	if (secretProblem)
		issues.push({ path: '/signing_secret', code: 'invalid_secret', message: `expected ${secretProblem}` });
	const checked = checkFlushRules(readJson(row['schema'] ?? []), schema);
	const empty = rulesThatSendNothing(checked.rules, { adapter: row['adapter'], options: readJson(row['options']) });
	issues.push(
		...[...checked.issues, ...empty].map((issue) => ({
			...issue,
			path: `/schema${issue.path}`,
		})),
	);
	issues.push(
		...checkFlushOptions(row['adapter'], readJson(row['options'])).issues.map((issue) => ({
			...issue,
			path: issue.path === '/adapter' ? '/adapter' : `/options${issue.path}`,
		})),
	);
	return issues;
}
