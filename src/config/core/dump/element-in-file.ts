import { isRecord } from '../../../kernel/core/is-record.js';
import type { Element, ElementKind } from '../../../contract/bundle.js';
import { nameOfType } from './dump-reading.js';
import { bySortThenRole, type Access } from '../elements/policy-access.js';
import { FIXED_SYNC_IDS, isConfiguration, kinds, MASKED } from '../elements/kinds.js';

/** Something at a place of an element in its file; `path` is a JSON pointer below it. */
interface Remark {
	path: string;
	code: string;
	message: string;
	suggestion?: string | undefined;
}

interface FromFile {
	element: Element;
	/** Fields of the file that are no part of the bundle, and that it keeps for itself: what others read or entered there. */
	leftOut: Record<string, unknown>;
	/** Whether something was taken out that must not stay in the file. */
	cleaned: boolean;
	issues: Remark[];
	warnings: Remark[];
}

/**
 * An element as a bundle has it: without what is no configuration and what is secret, a policy's attachments in one form.
 * `directus-sync` 3.5 writes `{ role, user, sort }`, 3.4 only `{ role, sort }`, where `role: null` may be the public or
 * a user. Only the policy that is public from the start is taken for public then: anything else would open to everybody
 * what was meant for one.
 */
export function fromFile(kind: ElementKind, entry: Element, choice: { syncPolicyRoles: boolean }): FromFile {
	const element: Element = { _syncId: entry._syncId };
	const result: FromFile = { element, leftOut: {}, cleaned: false, issues: [], warnings: [] };
	for (const [field, value] of Object.entries(entry)) {
		if (field === '_syncId') continue;
		if (isConfiguration(kind, field) && value !== MASKED) {
			element[field] = value;
			continue;
		}
		result.leftOut[field] = value;
		if (kinds[kind].secret.includes(field) && value !== null && value !== MASKED && value !== '') {
			result.warnings.push({
				path: `/${field}`,
				code: 'secret',
				message: `"${field}" is not pushed: it is a credential, or belongs to the licence of an instance`,
				suggestion: 'set it on the instance itself',
			});
		}
	}
	if (kind === 'policies' && 'roles' in element) readRoles(result, choice.syncPolicyRoles);
	return result;
}

/**
 * Directus' own public policy: by its fixed SyncID, or by the name that Directus gives it. Where another policy is
 * attached to a user, `directus-sync` does not know it for the public one, and gives it a SyncID like any other.
 */
const isPublicPolicy = (element: Element): boolean =>
	element._syncId === FIXED_SYNC_IDS.publicPolicy || element['name'] === '$t:public_label';

function readRoles(result: FromFile, wanted: boolean): void {
	const { element, issues, warnings } = result;
	const given = element['roles'];
	delete element['roles'];
	if (!wanted) {
		result.cleaned = true;
		return;
	}
	if (!Array.isArray(given)) {
		issues.push({ path: '/roles', code: 'wrong_type', message: `expected a list, got ${nameOfType(given)}` });
		return;
	}
	const roles: Access[] = [];
	for (const [index, entry] of given.entries()) {
		const path = `/roles/${index}`;
		const role: unknown = isRecord(entry) ? entry['role'] : undefined;
		const sort: unknown = isRecord(entry) ? (entry['sort'] ?? null) : null;
		if (
			!isRecord(entry) ||
			(role !== null && typeof role !== 'string') ||
			(sort !== null && typeof sort !== 'number')
		) {
			issues.push({
				path,
				code: 'wrong_type',
				message: 'expected { "role": a SyncID or null, "sort": a number or null }',
			});
			continue;
		}
		const forUser = entry['user'] !== undefined && entry['user'] !== null;
		const unclear = role === null && entry['user'] === undefined && !isPublicPolicy(element);
		if (!forUser && !unclear) {
			roles.push({ role, sort });
			continue;
		}
		result.cleaned = true;
		if (unclear) {
			warnings.push({
				path,
				code: 'unclear_access',
				message: `"role": null on the policy "${kinds.policies.nameOf(element)}" may mean everybody or one user (directus-sync 3.4 writes both like this); it is not made public`,
				suggestion: 'add "user": null if it shall be public, else delete the entry',
			});
		}
	}
	element['roles'] = roles.sort(bySortThenRole);
}

/** Whether the file has attachments in the form with `user`. */
export const hasExplicitUsers = (entries: readonly Element[]): boolean =>
	entries.some(
		(entry) => Array.isArray(entry['roles']) && entry['roles'].some((access) => isRecord(access) && 'user' in access),
	);

/** An element as its file has it, its `_syncId` last. Public policies get `user: null`, except the built-in one. */
export function toFile(kind: ElementKind, element: Element, explicitUsers: boolean): Record<string, unknown> {
	const { _syncId, ...values } = element;
	if (kind === 'policies' && Array.isArray(values['roles'])) {
		const isDefault = _syncId === FIXED_SYNC_IDS.publicPolicy;
		values['roles'] = values['roles'].filter(isRecord).map((access) => {
			const saysUser = explicitUsers || (access['role'] === null && !isDefault);
			return saysUser ? { ...access, user: null } : access;
		});
	}
	return { ...values, _syncId };
}
