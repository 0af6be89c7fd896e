import { isRecord } from '../../../kernel/core/is-record.js';
import type { Bundle, Element } from '../../../contract/bundle.js';
import { FIXED_SYNC_IDS } from '../elements/kinds.js';
import { isAccessList } from '../elements/policy-access.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';

/** What a team may forbid for an environment; consent does not allow it. */
export const FORBIDDEN = ['public_write', 'admin', 'drop', 'data_loss', 'delete'] as const;
export type Forbidden = (typeof FORBIDDEN)[number];

const WHAT: Record<Forbidden, string> = {
	public_write: 'anybody could write without logging in',
	admin: 'it gives admin access',
	drop: 'a collection or field is dropped',
	data_loss: 'values that people entered are lost',
	delete: 'something is deleted',
};

/**
 * The steps of a plan that are forbidden, each with its rule.
 *
 * @param wanted what the plan leads to; null where only the plan is known, so that rights are judged by it alone
 */
export function forbiddenSteps(plan: Plan, wanted: Bundle | null, rules: readonly Forbidden[]): ConfigIssue[] {
	const steps = plan.changes.filter(({ kept, action }) => !kept && action !== 'none');
	return rules.flatMap((rule) =>
		steps
			.filter((change) => breaks(rule, change, wanted))
			.map(({ kind, sync_id, name, action }) => ({
				file: null,
				path: `${kind}:${sync_id}`,
				code: 'forbidden',
				message: `${action} ${kind} "${name}" is forbidden (${rule}): ${WHAT[rule]}`,
				suggestion: `to allow it, give a reason: --waive ${rule}="…"`,
			})),
	);
}

function breaks(rule: Forbidden, change: Change, wanted: Bundle | null): boolean {
	const { kind, action, risk } = change;
	if (rule === 'delete') return action === 'delete';
	if (rule === 'data_loss') return risk.includes('data_loss');
	if (rule === 'drop') return action === 'delete' && (kind === 'collections' || kind === 'fields');
	if (action === 'delete') return false;
	return rule === 'admin' ? givesAdmin(change, wanted) : opensToEverybody(change, wanted);
}

const find = (wanted: Bundle | null, kind: 'policies' | 'permissions', syncId: string): Element | undefined =>
	wanted?.elements[kind]?.find(({ _syncId }) => _syncId === syncId);

const becomes = ({ fields }: Change, field: string): unknown => fields.find((change) => change.field === field)?.to;

/** Whether a policy gets admin access, or an admin policy is attached to another role. */
function givesAdmin(change: Change, wanted: Bundle | null): boolean {
	if (change.kind !== 'policies') return false;
	if (becomes(change, 'admin_access') === true) return true;
	const isAdmin = find(wanted, 'policies', change.sync_id)?.['admin_access'] === true;
	return (
		isAdmin && change.fields.some(({ field, to }) => /^roles(\[|$)/.test(field) && to !== undefined && to !== null)
	);
}

/**
 * Policies and permissions as a plan would leave them, where only the plan is known.
 *
 * @param current as they are on the instance
 */
export function rightsAfter({ changes }: Plan, current: Bundle): Bundle {
	const elements: Bundle['elements'] = {};
	for (const kind of ['policies', 'permissions'] as const) {
		const after = new Map((current.elements[kind] ?? []).map((element) => [element._syncId, element]));
		for (const change of changes) {
			if (change.kind !== kind || change.kept || change.action === 'none') continue;
			if (change.action === 'delete') after.delete(change.sync_id);
			else after.set(change.sync_id, written(change, after.get(change.sync_id)));
		}
		elements[kind] = [...after.values()];
	}
	return { ...current, elements };
}

function written({ sync_id, fields }: Change, before: Element | undefined): Element {
	const after: Element = { ...before, _syncId: sync_id };
	for (const { field, to } of fields) {
		const attached = isAccessList(after['roles']) ? after['roles'] : [];
		if (field !== 'roles[public]') after[field] = to;
		else after['roles'] = [...attached.filter(({ role }) => role !== null), ...(isRecord(to) ? [{ role: null }] : [])];
	}
	return after;
}

const READ_ONLY = 'read';

function opensToEverybody(change: Change, wanted: Bundle | null): boolean {
	if (change.kind === 'permissions') {
		const element = find(wanted, 'permissions', change.sync_id);
		const policy = String(becomes(change, 'policy') ?? element?.['policy']);
		const action = becomes(change, 'action') ?? element?.['action'];
		return action !== READ_ONLY && isPublic(policy, find(wanted, 'policies', policy)?.['roles']);
	}
	if (change.kind !== 'policies') return false;
	const attached = change.fields.some(
		({ field, to }) => (field === 'roles' && isPublic('', to)) || (field === 'roles[public]' && isRecord(to)),
	);
	if (!attached) return false;
	const permissions = wanted?.elements.permissions ?? [];
	const isAdmin = find(wanted, 'policies', change.sync_id)?.['admin_access'] === true;
	return (
		isAdmin ||
		permissions.some((permission) => permission['policy'] === change.sync_id && permission['action'] !== READ_ONLY)
	);
}

const isPublic = (policy: string, roles: unknown): boolean =>
	policy === FIXED_SYNC_IDS.publicPolicy || (isAccessList(roles) && roles.some(({ role }) => role === null));
