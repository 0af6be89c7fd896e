import { DATA_SYNC } from '../../contract/vocabulary.js';

/**
 * Whether a policy is the one as which other instances write here. By name too: in a dump that `directus-sync` wrote
 * nothing else tells, and the predecessor or an admin may have made it. One that opens the app or everything is not.
 */
export const isSyncPolicy = (policy: Record<string, unknown>): boolean =>
	policy['id'] === DATA_SYNC.policy ||
	(policy['name'] === DATA_SYNC.policyName && !policy['admin_access'] && !policy['app_access']);

/** Whether a user is the one as whom other instances write here, by id or by its whole name. */
export const isSyncUser = (user: Record<string, unknown>): boolean =>
	user['id'] === DATA_SYNC.user ||
	[user['first_name'], user['last_name']].filter(Boolean).join(' ') === DATA_SYNC.userName;
