import { BUNDLE_VERSION, ELEMENT_KINDS, type Bundle, type ElementKind } from '../../../contract/bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './config-state.js';
import { extensionsOf } from './extension-states.js';
import { inFileOrder, inSchemaOrder } from './element-order.js';
import { toElement } from './element-values.js';
import { fixedElements } from './fixed-elements.js';
import { idLookup } from './id-lookup.js';
import { isUuid } from './json-references.js';
import { FIXED_SYNC_IDS, kinds } from './kinds.js';
import { isSyncPolicy } from '../../../identity/core/sync-account.js';
import { schemaWithoutOwn } from './own-parts.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** Which part of an instance's configuration is wanted. */
export interface BundleChoice {
	kinds: readonly ElementKind[];
	schema: boolean;
	/** Whether policies say to which roles they are attached. */
	syncPolicyRoles: boolean;
	/** Kinds whose elements keep their id as SyncID, if they have no other yet. Flows and folders always do. */
	preserveIds: readonly ElementKind[];
	/** Whether Downstream's own collections and policy are part of it. */
	own: boolean;
	/** Whether it says which extensions are switched on; it does, if not said. */
	extensions?: boolean;
}

export interface TakenBundle {
	bundle: Bundle;
	/**
	 * SyncIDs that elements got here, to be recorded. Of kinds that are not in the bundle, those that it refers to. A row
	 * of the id map with the same SyncID or id is of an element that is gone, and gives way.
	 */
	newIds: Partial<Record<ElementKind, KnownId[]>>;
	/** Elements that are there but cannot be read: the bundle must not be taken for all that there is. */
	issues: ConfigIssue[];
}

/**
 * The configuration of an instance as a bundle, in the order of its files. Personal presets are none of it, nor are
 * attachments of policies to users.
 * @param newId a new SyncID
 */
export function bundleOf(state: ConfigState, choice: BundleChoice, newId: () => string): TakenBundle {
	const rows = Object.fromEntries(
		ELEMENT_KINDS.map((kind) => [kind, configurationRows(kind, state, choice)]),
	) as ConfigState['rows'];
	const recorded = recordedIds(state);
	const assigned = assignedIds(state, recorded, choice, newId);
	const used = new Set<string>();
	const ids = idLookup(
		Object.fromEntries(ELEMENT_KINDS.map((kind) => [kind, [...recorded[kind], ...assigned[kind]]])),
		({ kind, localId }) => used.add(`${kind}:${localId}`),
	);
	const elements: Bundle['elements'] = {};
	const chosen = ELEMENT_KINDS.filter((kind) => choice.kinds.includes(kind));
	for (const kind of chosen) {
		const withRoles = kind !== 'policies' || choice.syncPolicyRoles;
		const list = rows[kind].map((row) => toElement(kind, withRoles ? row : { ...row, roles: undefined }, ids));
		elements[kind] = inFileOrder(kind, list);
	}
	const newIds: TakenBundle['newIds'] = {};
	for (const kind of ELEMENT_KINDS) {
		const kept = assigned[kind].filter(({ localId }) => used.has(`${kind}:${localId}`));
		if (kept.length > 0) newIds[kind] = kept;
	}
	// The settings' SyncID is not asked for by id: it is always the same.
	if (elements.settings && elements.settings.length > 0 && assigned.settings.length > 0)
		newIds.settings = assigned.settings;
	return {
		bundle: {
			version: BUNDLE_VERSION,
			directus: state.directus,
			schema: choice.schema ? inSchemaOrder(choice.own ? state.snapshot : schemaWithoutOwn(state.snapshot)) : null,
			elements,
			...(choice.extensions === false ? {} : extensionsOf(state)),
		},
		newIds,
		issues: hiddenRows(state, chosen),
	};
}

/** Rows of the id map whose element is there. Others are left over from elements that were deleted by hand. */
export function recordedIds(state: Pick<ConfigState, 'rows' | 'ids'>): Record<ElementKind, KnownId[]> {
	return Object.fromEntries(
		ELEMENT_KINDS.map((kind) => {
			const existing = new Set(state.rows[kind].map(({ id }) => String(id)));
			const ids = state.ids[kind].filter(({ localId }) => existing.has(localId));
			// Whatever it was recorded as, there is only one.
			return [
				kind,
				kinds[kind].singleton
					? ids.slice(0, 1).map(({ localId }) => ({ syncId: FIXED_SYNC_IDS.settings, localId }))
					: ids,
			];
		}),
	) as Record<ElementKind, KnownId[]>;
}

/** SyncIDs for all elements that have none, in the order of their rows. */
function assignedIds(
	state: ConfigState,
	recorded: Record<ElementKind, KnownId[]>,
	choice: BundleChoice,
	newId: () => string,
): Record<ElementKind, KnownId[]> {
	const fixed = fixedElements(state);
	const result = ELEMENT_KINDS.map((kind): [ElementKind, KnownId[]] => {
		const named = new Set(recorded[kind].map(({ localId }) => localId));
		const taken = new Set(recorded[kind].map(({ syncId }) => syncId));
		const keepsId = kinds[kind].idsPreserved === 'always' || mayKeepId(kind, choice);
		const list: KnownId[] = [];
		const give = (localId: string, syncId: string) => {
			named.add(localId);
			taken.add(syncId);
			list.push({ syncId, localId });
		};
		for (const element of fixed) {
			if (element.kind === kind && !named.has(element.localId) && !taken.has(element.syncId))
				give(element.localId, element.syncId);
		}
		for (const row of state.rows[kind]) {
			const localId = String(row['id']);
			if (named.has(localId)) continue;
			give(localId, keepsId && isUuid(localId) && !taken.has(localId) ? localId : newId());
		}
		return [kind, list];
	});
	return Object.fromEntries(result) as Record<ElementKind, KnownId[]>;
}

const mayKeepId = (kind: ElementKind, choice: BundleChoice): boolean =>
	kinds[kind].idsPreserved === 'optional' && choice.preserveIds.includes(kind);

/** The rows that are configuration of the instance. */
function configurationRows(kind: ElementKind, state: ConfigState, choice: BundleChoice): ConfigRow[] {
	const rows = state.rows[kind];
	if (kind === 'settings') return rows.slice(0, 1);
	if (kind === 'presets') return rows.filter((row) => row['user'] == null);
	if (choice.own || (kind !== 'policies' && kind !== 'permissions')) return rows;
	if (kind === 'policies') return rows.filter((row) => !isSyncPolicy(row));
	const own = new Set(state.rows.policies.filter(isSyncPolicy).map(({ id }) => id));
	return rows.filter((row) => !own.has(row['policy']));
}

function hiddenRows(state: ConfigState, chosen: readonly ElementKind[]): ConfigIssue[] {
	return chosen.flatMap((kind) => {
		const count = state.hidden[kind] ?? 0;
		if (count === 0) return [];
		return [
			{
				file: null,
				path: `/${kind}`,
				code: 'hidden_rows',
				message: `${count} of the ${kind} are hidden from everybody on this instance, such as custom permission rules without the licence for them`,
				suggestion: `leave them out (--exclude-collections ${kind}), or add the licence`,
			},
		];
	});
}
