import { DATA_SYNC } from '../../contract/vocabulary.js';

/**
 * Whether a policy is the Data Sync policy. Its name counts, too: dumps of `directus-sync` have no ids, and the predecessor or
 * an admin may have made it. A policy that gives access to the app, or to everything, is never it.
 */
export const isSyncPolicy = (policy: Record<string, unknown>): boolean =>
	policy['id'] === DATA_SYNC.policy ||
	(policy['name'] === DATA_SYNC.policyName && !policy['admin_access'] && !policy['app_access']);

/** Whether a user is the Data Sync user, by id or by full name. */
export const isSyncUser = (user: Record<string, unknown>): boolean =>
	user['id'] === DATA_SYNC.user ||
	[user['first_name'], user['last_name']].filter(Boolean).join(' ') === DATA_SYNC.userName;
