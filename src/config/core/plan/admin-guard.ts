import type { Element } from '../../../contract/bundle.js';
import type { Sides } from './dependencies.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';

/**
 * Changes after which the admin who asks, or everybody, would be locked out: the own role deleted, the last policy
 * gone by which it gives admin access, or the last one of the instance.
 * @param adminRole SyncID of the role of the admin who asks; null where that is not known
 * @param changes without those that are kept
 */
export function lockOutIssues(
	changes: readonly Change[],
	{ before, after }: Sides,
	adminRole: string | null,
): ConfigIssue[] {
	const touched = new Map(changes.map((change) => [stepOf(change), change]));
	const stays = (step: string) => touched.get(step)?.action !== 'delete';
	const becomes = (step: string, element: Element | undefined): Element | undefined => {
		if (!stays(step)) return undefined;
		return touched.has(step) ? ({ ...element, ...after.get(step) } as Element) : element;
	};
	const policies = [...new Set([...before.keys(), ...touched.keys()])].filter((step) => step.startsWith('policies:'));
	const now = policies.map((step) => before.get(step)).filter(isAdmin);
	const then = policies.map((step) => becomes(step, before.get(step))).filter(isAdmin);
	const rolesOf = (side: (step: string) => Element | undefined) => {
		const above = new Set<string>();
		for (let role = adminRole; role !== null && !above.has(role);) {
			above.add(role);
			const parent = side(`roles:${role}`)?.['parent'];
			role = typeof parent === 'string' ? parent : null;
		}
		return above;
	};
	const issues: ConfigIssue[] = [];
	const own = adminRole === null ? undefined : touched.get(`roles:${adminRole}`);
	if (own?.action === 'delete')
		issues.push(locked(own, 'own_role', `role "${own.name}" is your own: deleting it would lock you out`));
	const rolesNow = rolesOf((step) => before.get(step));
	const rolesThen = rolesOf((step) => becomes(step, before.get(step)));
	const hadOwn = now.some((policy) => isAttached(policy, rolesNow));
	const hasOwn = then.some((policy) => isAttached(policy, rolesThen));
	if ((hadOwn && !hasOwn) || (now.length > 0 && then.length === 0)) {
		const reasons = changes.filter(({ kind, sync_id, action }) => {
			const step = `${kind}:${sync_id}`;
			if (kind === 'roles') return action === 'update' && rolesNow.has(sync_id) && !sameRoles(rolesNow, rolesThen);
			return kind === 'policies' && action !== 'create' && isAdmin(before.get(step));
		});
		for (const change of reasons) {
			const message = `${change.kind} "${change.name}": after this ${hadOwn ? 'you' : 'nobody'} would have ${hadOwn ? 'no ' : ''}admin access any more`;
			issues.push(locked(change, 'last_admin_access', message));
		}
	}
	return issues;
}

const locked = (change: Change, code: string, message: string): ConfigIssue => ({
	file: null,
	path: stepOf(change),
	code,
	message,
	suggestion: 'leave it out of this push, or push as an admin with another role',
});

const isAdmin = (policy: Element | undefined): policy is Element => policy?.['admin_access'] === true;

function isAttached(policy: Element, roles: ReadonlySet<string>): boolean {
	const attached = policy['roles'];
	return (
		Array.isArray(attached) &&
		attached.some((entry: { role?: unknown }) => typeof entry.role === 'string' && roles.has(entry.role))
	);
}

const sameRoles = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
	a.size === b.size && [...a].every((role) => b.has(role));
