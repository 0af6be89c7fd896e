import { createHash } from 'node:crypto';
import { isRecord } from '../../../kernel/core/is-record.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { recordedIds } from '../elements/bundle-of.js';
import type { Bundle, ElementKind } from '../../../contract/bundle.js';
import type { ConfigRow, ConfigState } from '../elements/config-state.js';
import { isConfiguration, isElementKind, kinds } from '../elements/kinds.js';

/**
 * The state that a plan was computed from as a hash: of every kind that the bundle speaks of, and of those that these
 * refer to, the rows and the SyncIDs that are recorded for them; the schema where it is compared. Two readings of one
 * state give the same, in whatever order its rows come; what is no configuration does not count.
 */
export function fingerprintOf(state: ConfigState, wanted: Bundle): string {
	const hash = createHash('sha256');
	const recorded = recordedIds(state);
	for (const kind of comparedKinds(wanted)) {
		const syncIds = new Map(recorded[kind].map(({ syncId, localId }) => [localId, syncId]));
		const rows = configured(kind, state.rows[kind]).map((row) => {
			const id = String(row['id']);
			const values = Object.entries(row).filter(([field]) => isConfiguration(kind, field));
			return canonical([id, syncIds.get(id) ?? null, Object.fromEntries(values)]);
		});
		hash.update(`${kind} ${state.hidden[kind] ?? 0}\n${rows.sort().join('\n')}\n`);
	}
	if (wanted.schema) {
		const { collections, fields, relations, systemFields = [] } = state.snapshot;
		for (const entries of [collections, fields, relations, systemFields])
			hash.update(`${entries.map(canonical).sort().join('\n')}\n\n`);
	}
	if (wanted.extensions) hash.update(JSON.stringify(state.extensions ?? []));
	hash.update(`${state.directus} ${state.vendor}`);
	return hash.digest('hex');
}

/** Without what people set for themselves: their presets, and the policies of single users. */
function configured(kind: ElementKind, rows: ConfigRow[]): ConfigRow[] {
	if (kind === 'presets') return rows.filter((row) => row['user'] == null);
	if (kind !== 'policies') return rows;
	return rows.map((row) => {
		const roles = Array.isArray(row['roles']) ? row['roles'].filter(isRecord).filter(({ user }) => user == null) : [];
		return { ...row, roles: roles.map(({ role, sort }) => canonical([role, sort])).sort() };
	});
}

function comparedKinds(wanted: Bundle): ElementKind[] {
	const compared = new Set<ElementKind>(Object.keys(wanted.elements).filter(isElementKind));
	for (const kind of compared) for (const reference of kinds[kind].references) compared.add(reference.kind);
	return [...compared].sort();
}
