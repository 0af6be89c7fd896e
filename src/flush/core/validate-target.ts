import type { Issue } from '../../contract/issue.js';
import type { AdapterName } from '../../contract/vocabulary.js';
import { adapters } from '../adapters/index.js';
import type { Row } from '../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import { rulesThatSendNothing } from './nothing-to-send.js';
import { readJson } from '../../kernel/core/read-json.js';
import { connectionIssues } from './connection-issues.js';
import { signingSecretProblem } from '../../kernel/core/signing-secret.js';
import { urlProblem } from '../../kernel/core/target-url.js';
import { isAutomatic } from '../core/pages/automatic-rules.js';
import { checkFlushOptions, checkFlushRules } from './validate-rules.js';

/**
 * Why a key cannot go into a header, without quoting it; null where it can. Checked in drafts too: once stored it is
 * encrypted, and not checked again.
 */
export function keyIssues(change: Row): Issue[] {
	const key = change['api_key'];
	if (typeof key !== 'string' || /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(key) || key === '') return [];
	const why = /[\r\n]/.test(key)
		? 'a line end'
		: key !== key.trim()
			? 'a blank at its beginning or end'
			: 'a character that no header can carry';
	const message = `the key has ${why}: paste it again without; expected printable ASCII`;
	return [{ path: '/api_key', code: 'invalid_key', message }];
}

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
	const given = { adapter: row['adapter'], options: readJson(row['options']) };
	if (!problem) issues.push(...adapterIssues(row, url));
	return [...issues, ...checkRulesAndOptions(readJson(row['schema'] ?? []), given, schema)];
}

/** What the adapter itself finds wrong. Whether a draft of a stored target has a key is not known: it is believed to. */
function adapterIssues(row: Row, url: string): Issue[] {
	const { options } = checkFlushOptions(row['adapter'], readJson(row['options']));
	if (!options) return [];
	const key = row['api_key'];
	const hasKey = key === undefined || (typeof key === 'string' && key !== '');
	const own = adapters[(row['adapter'] ?? 'webhook') as AdapterName].problems?.({ url, hasKey, options }) ?? [];
	return [...own, ...connectionIssues(options)];
}

/** Checks the rules of a flush target together with its adapter and options, which say whether rules are used at all. */
function checkRulesAndOptions(
	rules: unknown,
	given: { adapter: unknown; options: unknown },
	schema: SchemaOverview,
): Issue[] {
	const { options, issues } = checkFlushOptions(given.adapter, given.options, schema);
	const inOptions = issues.map((issue) => ({
		...issue,
		path: issue.path === '/adapter' ? '/adapter' : `/options${issue.path}`,
	}));
	if (isAutomatic(options)) return inOptions;
	const checked = checkFlushRules(rules, schema);
	const inRules = [...checked.issues, ...rulesThatSendNothing(checked.rules, given)];
	return [...inRules.map((issue) => ({ ...issue, path: `/schema${issue.path}` })), ...inOptions];
}
