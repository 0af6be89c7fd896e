import type { Issue } from '../../../contract/issue.js';
import type { Row } from '../../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import { readJson } from '../../../kernel/core/read-json.js';
import { urlProblem } from '../../../kernel/core/target-url.js';
import { checkSyncOptions, checkSyncRules } from './validate-sync-rules.js';

/** Checks a whole remote source as it is about to be published; paths are JSON pointers into its fields. */
export function checkRemoteSource(row: Row, schema: SchemaOverview): Issue[] {
	const url = typeof row['url'] === 'string' ? row['url'] : JSON.stringify(row['url'] ?? '');
	const problem = addressProblem(url);
	const below = (field: string, issues: Issue[]) =>
		issues.map((issue) => ({ ...issue, path: `/${field}${issue.path}` }));
	return [
		...(problem ? [{ path: '/url', code: 'invalid_url', message: problem }] : []),
		...below('schema', checkSyncRules(readJson(row['schema'] ?? []), schema).issues),
		...below('options', checkSyncOptions(readJson(row['options'])).issues),
	];
}

/** Also what people copy from their browser: the address of the Studio. */
function addressProblem(text: string): string | null {
	const problem = urlProblem(text, 'https://other.example.com');
	if (problem) return problem;
	const { origin, pathname, search, hash } = new URL(text);
	const base = `${origin}${pathname.replace(/\/admin(\/.*)?$/, '')}`.replace(/\/$/, '');
	if (/\/admin(\/|$)/.test(pathname)) return `"${text}" is a page of the Studio; expected ${base}`;
	return search === '' && hash === '' ? null : `"${text}" goes on after the path; expected ${base}`;
}
