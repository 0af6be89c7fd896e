import type { Issue } from '../../../contract/issue.js';
import { pointer } from '../../../kernel/core/rule-issues.js';
import type { CompiledSyncRule } from './compile-sync-rules.js';
import type { SyncWelcome } from '../../../contract/sync-messages.js';

/**
 * Where the rules at both ends of a link would answer the same question differently. Both instances decide for
 * themselves, so that these must agree for them to end equal.
 *
 * @param remoteName what people call the other instance
 */
export function fitPolicies(
	{ rule, index }: CompiledSyncRule,
	policies: SyncWelcome['policies'],
	remoteName: string,
): Issue[] {
	const theirs = policies?.[rule.collection];
	if (!theirs) return [];
	const issues: Issue[] = [];
	const { collection, on_delete_conflict: deletes, match = [] } = rule;
	const differs = (key: string, code: string, message: string) =>
		issues.push({ path: pointer(['schema', index, key]), code, message });
	if (theirs.on_delete_conflict !== deletes)
		differs(
			'on_delete_conflict',
			'other_delete_policy',
			`an item of "${collection}" that one side deleted and the other changed is answered with "${deletes}" here and with "${theirs.on_delete_conflict}" at ${remoteName}: give both rules the same "on_delete_conflict", or the two may not end equal`,
		);
	if (theirs.match.toSorted().join() !== match.toSorted().join())
		differs(
			'match',
			'other_match',
			`items of "${collection}" are found by ${named(match)} here and by ${named(theirs.match)} at ${remoteName}: give both rules the same "match", or an item that both sides make at the same time becomes two`,
		);
	return issues;
}

const named = (match: string[]): string => (match.length === 0 ? 'nothing but their keys' : match.join(' and '));
