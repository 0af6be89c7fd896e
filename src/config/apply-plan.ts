import type { Bundle, Element, ElementKind } from '../contract/bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './core/elements/config-state.js';
import { writtenValues } from './core/plan/diff-values.js';
import { toRow } from './core/elements/element-values.js';
import { stepOf } from '../contract/config-kinds.js';
import { idLookup, type IdLookup } from './core/elements/id-lookup.js';
import { isUuid } from './core/elements/json-references.js';
import { isElementKind, kinds } from './core/elements/kinds.js';
import type { Change, Plan } from '../contract/plan.js';
import { isRecord } from '../kernel/core/is-record.js';
import type { Move } from './core/moves/move-names.js';
import type { ConfigWriter } from './ports.js';
import { stepFailure } from './refusal.js';
import { isApplied, isSchemaChange, type PlannedStep } from './schema-steps.js';

/** A plan with everything that it was made from. */
export interface Planned {
	state: ConfigState;
	/** What is there, under the SyncIDs that were made up for what nothing has recorded. */
	current: Bundle;
	newIds: Partial<Record<ElementKind, KnownId[]>>;
	wanted: Bundle;
	plan: Plan;
	preserveIds: readonly ElementKind[];
	/** What gets another name first; `state` and `current` are as they are after that. */
	moves: readonly Move[];
	/** What the moves do, each with its change of the plan. */
	moveSteps: PlannedStep[];
	/** As it is before the moves. */
	unmoved: Pick<ConfigState, 'rows' | 'snapshot'>;
}

/** A step of elements as it is written: values with the ids of this instance. */
export type ElementStep =
	| {
			action: 'create';
			kind: ElementKind;
			change: Change;
			localId: string | null;
			row: ConfigRow;
			roles: Attachment[] | null;
	  }
	| { action: 'update'; kind: ElementKind; change: Change; localId: string; row: ConfigRow; roles: Attachment[] | null }
	| { action: 'delete'; kind: ElementKind; change: Change; localId: string };

interface Attachment {
	role: string | null;
	sort: number | null;
}

/** Kinds whose rows the database numbers; nothing refers to them. */
const NUMBERED: readonly ElementKind[] = ['permissions', 'presets'];

/** What goes with a deleted element of a kind, or may. */
const GOES_WITH: Partial<Record<ElementKind, ElementKind[]>> = {
	roles: ['presets'],
	policies: ['permissions'],
	flows: ['operations'],
	dashboards: ['panels'],
};

/**
 * The steps of a plan that are about elements, as rows: every reference already leads to the id that its element has, or
 * will have, since ids of what is created are given beforehand.
 * @param newId a new UUID
 * @throws UnresolvedReference
 */
export function elementSteps(
	planned: Planned,
	newId: () => string,
	wishedIds: ReadonlyMap<string, string> = new Map(),
): { steps: ElementStep[]; ids: IdLookup } {
	const { plan, wanted } = planned;
	const changes = plan.changes.filter((change) => isApplied(change) && isElementKind(change.kind));
	const created = givenIds(planned, changes, wishedIds, newId);
	const known: Partial<Record<ElementKind, KnownId[]>> = {};
	const add = (kind: ElementKind, ids: readonly KnownId[]) => void (known[kind] ??= []).push(...ids);
	for (const kind of Object.keys(planned.state.ids) as ElementKind[]) {
		add(kind, planned.newIds[kind] ?? []);
		add(kind, planned.state.ids[kind]);
	}
	for (const { kind, sync_id, local_id } of plan.adoptions) add(kind, [{ syncId: sync_id, localId: local_id }]);
	for (const { kind, local_id, sync_id, action } of changes)
		if (action !== 'create' && local_id !== null && isElementKind(kind))
			add(kind, [{ syncId: sync_id, localId: local_id }]);
	for (const [kind, ids] of created) add(kind, ids);
	const ids = idLookup(known);
	const deleted = new Set(changes.filter(({ action }) => action === 'delete').map(stepOf));
	// An element that is deleted has no id to refer to: within JSON, its SyncID is written as it stands in the file.
	const staying = idLookup(
		Object.fromEntries(
			Object.entries(known).map(([kind, list]) => [
				kind,
				list.filter(({ syncId }) => !deleted.has(`${kind}:${syncId}`)),
			]),
		),
	);
	const elements = new Map<string, Element>();
	for (const [kind, list] of Object.entries(wanted.elements))
		for (const element of list) elements.set(`${kind}:${element._syncId}`, element);

	const steps = changes.map((change): ElementStep => {
		const kind = change.kind as ElementKind;
		if (change.action === 'delete') return { action: 'delete', kind, change, localId: localIdOf(change, ids) };
		const element = elements.get(`${kind}:${change.sync_id}`) ?? { _syncId: change.sync_id };
		const values = writtenValues(change.fields, element);
		// What a value means may depend on others: an operation's options on its type.
		const all = toRow(kind, { ...element, ...values, _syncId: change.sync_id }, staying);
		const row: ConfigRow = Object.fromEntries(Object.keys(values).map((column) => [column, all[column] ?? null]));
		const attached = kind === 'policies' && Array.isArray(row['roles']) ? attachments(row['roles']) : null;
		// Only policies have attachments, in a table of their own.
		if (kind === 'policies') delete row['roles'];
		if (change.action === 'update')
			return { action: 'update', kind, change, localId: localIdOf(change, ids), row, roles: attached };
		const localId = ids.localId(kind, change.sync_id) ?? null;
		return {
			action: 'create',
			kind,
			change,
			localId,
			row: localId === null ? row : { ...row, id: NUMBERED.includes(kind) ? Number(localId) : localId },
			roles: attached,
		};
	});
	return { steps, ids: staying };
}

/** Writes the steps in their order; neighbours that delete elements of one kind at once. Gives the keys of what it created. */
export async function applyElements(
	steps: ElementStep[],
	writer: ConfigWriter,
	beforeStep: (change: Change) => void,
): Promise<Map<Change, string>> {
	const keys = new Map<Change, string>();
	for (const run of runsOf(steps)) {
		const [step] = run;
		if (!step) continue;
		await failingAs(step.change, async () => {
			for (const { change } of run) beforeStep(change);
			if (step.action === 'delete') {
				await writer.remove(
					step.kind,
					run.flatMap((elementStep) => (elementStep.action === 'delete' ? [elementStep.localId] : [])),
				);
				return;
			}
			if (step.action === 'create') keys.set(step.change, await writer.create(step.kind, step.row));
			else if (Object.keys(step.row).length > 0) await writer.update(step.kind, step.localId, step.row);
			const policy = step.localId ?? keys.get(step.change);
			if (step.roles && policy !== undefined) await writer.attachPolicy(policy, step.roles);
		});
	}
	return keys;
}

export async function applySchema(
	steps: PlannedStep[],
	writer: ConfigWriter,
	beforeStep: (change: Change) => void,
): Promise<void> {
	for (const { step, changes } of steps) {
		const [change] = changes;
		if (!change) continue;
		await failingAs(change, async () => {
			for (const one of changes) beforeStep(one);
			await writer.applySchema(step);
		});
	}
}

/** Makes the steps in the order of their plan. Gives the keys of what it created. */
export async function applyInOrder(
	{ changes }: Plan,
	{ schema, elements }: { schema: PlannedStep[]; elements: ElementStep[] },
	writer: ConfigWriter,
	beforeStep: (change: Change) => void,
): Promise<Map<Change, string>> {
	const schemaOf = new Map(schema.map((step) => [step.changes[0], step]));
	const elementOf = new Map(elements.map((step) => [step.change, step]));
	const keys = new Map<Change, string>();
	let waiting: ElementStep[] = [];
	const flush = async () => {
		for (const [change, key] of await applyElements(waiting, writer, beforeStep)) keys.set(change, key);
		waiting = [];
	};
	for (const change of changes) {
		const element = elementOf.get(change);
		if (element) waiting.push(element);
		const step = schemaOf.get(change);
		if (change.kind === 'extensions' && isApplied(change)) {
			await flush();
			await applyExtension(change, writer, beforeStep);
		}
		if (!step) continue;
		await flush();
		await applySchema([step], writer, beforeStep);
	}
	await flush();
	return keys;
}

/** Switches an extension on or off; the server takes notice of it after the commit. */
export const applyExtension = (
	change: Change,
	writer: ConfigWriter,
	beforeStep: (change: Change) => void,
): Promise<void> =>
	failingAs(change, async () => {
		beforeStep(change);
		await writer.switchExtension(change.local_id ?? '', change.fields[0]?.to === true);
	});

/** The SyncIDs to be recorded, and the kinds of which elements went. */
export function idsAfter(planned: Planned, steps: ElementStep[], keys: ReadonlyMap<Change, string>) {
	const record = new Map<ElementKind, KnownId[]>();
	const add = (kind: ElementKind, id: KnownId) => record.set(kind, [...(record.get(kind) ?? []), id]);
	for (const { kind, sync_id, local_id } of planned.plan.adoptions) add(kind, { syncId: sync_id, localId: local_id });
	const emptied = new Set<ElementKind>();
	for (const step of steps) {
		if (step.action === 'create')
			add(step.kind, { syncId: step.change.sync_id, localId: step.localId ?? keys.get(step.change) ?? '' });
		if (step.action === 'delete') for (const kind of [step.kind, ...(GOES_WITH[step.kind] ?? [])]) emptied.add(kind);
	}
	if (planned.plan.changes.some((change) => isApplied(change) && isSchemaChange(change) && change.action === 'delete'))
		for (const kind of ['permissions', 'presets'] as const) emptied.add(kind);
	return { record, gone: [...emptied] };
}

/** New elements get their ids before anything is written, so that references to them can be written at once. */
function givenIds(
	planned: Planned,
	changes: Change[],
	wishedIds: ReadonlyMap<string, string>,
	newId: () => string,
): Map<ElementKind, KnownId[]> {
	const given = new Map<ElementKind, KnownId[]>();
	for (const { kind, action, sync_id, local_id } of changes) {
		if (action !== 'create' || !isElementKind(kind) || kinds[kind].singleton) continue;
		const { idsPreserved } = kinds[kind];
		const keeps = idsPreserved === 'always' || (idsPreserved === 'optional' && planned.preserveIds.includes(kind));
		const wished = local_id ?? wishedIds.get(`${kind}:${sync_id}`);
		if (wished === undefined && NUMBERED.includes(kind)) continue;
		const localId = wished ?? (keeps && isUuid(sync_id) ? sync_id : newId());
		given.set(kind, [...(given.get(kind) ?? []), { syncId: sync_id, localId }]);
	}
	return given;
}

/** Steps that one call of the writer can do: neighbours that delete elements of one kind. */
function runsOf(steps: ElementStep[]): ElementStep[][] {
	const runs: ElementStep[][] = [];
	for (const step of steps) {
		const run = runs.at(-1);
		const [first] = run ?? [];
		if (run && first?.action === 'delete' && step.action === 'delete' && first.kind === step.kind) run.push(step);
		else runs.push([step]);
	}
	return runs;
}

function localIdOf(change: Change, ids: IdLookup): string {
	const localId =
		change.local_id ?? (isElementKind(change.kind) ? ids.localId(change.kind, change.sync_id) : undefined);
	if (localId === undefined) throw stepFailure(change, new Error('it is not known under which id it is here'));
	return localId;
}

const attachments = (roles: unknown[]): Attachment[] =>
	roles.filter(isRecord).map(({ role, sort }) => ({
		role: typeof role === 'string' ? role : null,
		sort: typeof sort === 'number' ? sort : null,
	}));

async function failingAs(change: Change, work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		throw stepFailure(change, error);
	}
}
