import type { Bundle } from '../../../contract/bundle.js';
import { isElementKind } from '../elements/kinds.js';
import type { Consent } from './plan-options.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';

/** How many elements of one kind may be deleted without `max_deletions`: the larger of the two. */
const CAP = { share: 0.1, number: 20 };

/** How many names a message lists; the rest is counted. */
const LISTED = 20;

/**
 * What a plan deletes, renames or loses without consent, and kinds of which it deletes suspiciously many at once.
 * @param current the target's bundle, for how many there are
 */
export function consentIssues(changes: readonly Change[], current: Bundle, consent: Consent): ConfigIssue[] {
	const deleted = changes.filter(({ action, kept }) => action === 'delete' && !kept);
	const losing = changes.filter(({ risk, kept }) => !kept && risk.includes('data_loss'));
	const issues: ConfigIssue[] = [];
	if (deleted.length > 0 && !consent.allow_destructive) {
		issues.push({
			file: null,
			path: '',
			code: 'needs_allow_destructive',
			message: `this would delete ${deleted.length === 1 ? 'something' : `${deleted.length} things`} for which nobody consented: ${listed(deleted)}`,
			suggestion: 'look at each of them, then push with allow_destructive (--allow-destructive)',
		});
	}
	const renamed = changes.filter(({ action, kept }) => action === 'move' && !kept);
	if (renamed.length > 0 && !consent.allow_renames) {
		issues.push({
			file: null,
			path: '',
			code: 'needs_allow_renames',
			message: `this would rename what clients use: ${listed(renamed)}`,
			suggestion: 'adapt the clients, then push with allow_renames (--allow-renames)',
		});
	}
	const allowed = consent.allow_data_loss;
	const unasked = losing.filter(
		({ sync_id }) => allowed === false || (Array.isArray(allowed) && !allowed.includes(sync_id)),
	);
	if (unasked.length > 0) {
		issues.push({
			file: null,
			path: '',
			code: 'needs_allow_data_loss',
			message: `values that people entered would be lost for good: ${listed(unasked)}`,
			suggestion:
				'deletions of configuration can be taken back, this cannot: push with allow_data_loss (--allow-data-loss)',
		});
	}
	for (const [kind, deletions] of Map.groupBy(deleted, (change) => change.kind)) {
		if (kind === 'extensions') continue;
		const total = isElementKind(kind) ? (current.elements[kind]?.length ?? 0) : (current.schema?.[kind].length ?? 0);
		const cap = consent.max_deletions ?? Math.max(CAP.number, Math.floor(total * CAP.share));
		if (deletions.length <= cap) continue;
		issues.push({
			file: null,
			path: kind,
			code: 'too_many_deletions',
			message: `${deletions.length} of ${total} ${kind} would be deleted; more than ${cap} at once have to be asked for`,
			suggestion: `if that is what you mean, push with max_deletions: ${deletions.length} (--max-deletions ${deletions.length})`,
		});
	}
	return issues;
}

function listed(changes: readonly Change[]): string {
	const names = changes.slice(0, LISTED).map((change) => {
		const impact = change.impact.length > 0 ? ` (${change.impact.join(', ')})` : '';
		return `${change.kind.replace(/ies$/, 'y').replace(/s$/, '')} "${change.name}"${impact}`;
	});
	return `${names.join(', ')}${changes.length > LISTED ? ` and ${changes.length - LISTED} more` : ''}`;
}
