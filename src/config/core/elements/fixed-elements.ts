import type { ElementKind } from '../../../contract/bundle.js';
import { isRecord } from '../../../kernel/core/is-record.js';
import type { ConfigRow, ConfigState } from './config-state.js';
import { FIXED_SYNC_IDS } from './kinds.js';

/** The id that every Directus gives its first public policy. */
const PUBLIC_POLICY = 'abf8a154-5b1c-4a46-ac9c-7300570f4f17';

/** An element that every instance has, under an id of its own. */
export interface FixedElement {
	kind: ElementKind;
	syncId: string;
	localId: string;
}

/**
 * Which elements of an instance the fixed SyncIDs stand for: its settings; the role of the admin who asks; of the
 * policies of that role that give admin access the first (by its place among the role's policies, then by name); of the
 * public policies the one that Directus installed, else the first. What an instance lacks is not in the list.
 */
export function fixedElements(state: Pick<ConfigState, 'rows' | 'adminRole'>): FixedElement[] {
	const { rows, adminRole } = state;
	const candidates: (FixedElement | null)[] = [
		fixed('settings', FIXED_SYNC_IDS.settings, rows.settings[0]),
		fixed(
			'roles',
			FIXED_SYNC_IDS.adminRole,
			adminRole === null ? undefined : rows.roles.find((role) => String(role['id']) === adminRole),
		),
		fixed(
			'policies',
			FIXED_SYNC_IDS.adminPolicy,
			adminRole === null
				? undefined
				: first(
						rows.policies.filter((policy) => policy['admin_access'] === true),
						({ role }) => role === adminRole,
					),
		),
		fixed(
			'policies',
			FIXED_SYNC_IDS.publicPolicy,
			first(
				rows.policies.filter((policy) => policy['admin_access'] !== true),
				({ role, user }) => role === null && user === null,
			),
		),
	];
	return candidates.filter((element) => element !== null);
}

function fixed(kind: ElementKind, syncId: string, row: ConfigRow | undefined): FixedElement | null {
	return row ? { kind, syncId, localId: String(row['id']) } : null;
}

/** The first policy with such an access row, in the order of the row's sort, name and id. */
function first(policies: ConfigRow[], attached: (access: Record<string, unknown>) => boolean): ConfigRow | undefined {
	const candidates = policies.flatMap((policy) => {
		const rows = Array.isArray(policy['roles']) ? policy['roles'].filter(isRecord).filter(attached) : [];
		if (rows.length === 0) return [];
		const place = Math.min(...rows.map(({ sort }) => (typeof sort === 'number' ? sort : Infinity)));
		return [{ policy, place, installed: policy['id'] === PUBLIC_POLICY }];
	});
	const order = (policy: ConfigRow) => `${String(policy['name'])}\n${String(policy['id'])}`;
	candidates.sort(
		(a, b) =>
			Number(b.installed) - Number(a.installed) || a.place - b.place || (order(a.policy) < order(b.policy) ? -1 : 1),
	);
	return candidates[0]?.policy;
}
