import type { Bundle } from '../../core/config/bundle.js';
import { sameJson } from '../../core/config/diff-values.js';
import { asWrittenHere } from '../../core/config/element-values.js';
import type { ConfigIssue, Plan } from '../../core/config/plan-shape.js';
import { fieldName } from '../../core/config/schema-changes.js';
import { applyInOrder, applySchema, elementSteps, idsAfter, type ElementStep, type Planned } from './apply-plan.js';
import { changesAnything, planWish, type Wish } from './plan-wish.js';
import type { Actor, ConfigDoors, ConfigWriter, PushRecord } from './ports.js';
import { ConfigRefusal, refuseIssues } from './refusal.js';
import { isApplied, isDestructive, isSchemaChange, schemaSteps, type PlannedStep } from './schema-steps.js';
import { traceOf, type Trace } from './take-back.js';
import { undoPush } from './undo-push.js';

export interface PushOrder extends Wish {
	/** Of the plan that was reviewed; null where none was. */
	fingerprint: string | null;
	dryRun: boolean;
	actor: Actor;
	/** The push that this one takes back. */
	reverts: string | null;
}

export interface PushResult {
	/** In the history; null where nothing was written. */
	id: string | null;
	dryRun: boolean;
	plan: Plan;
	warnings: ConfigIssue[];
	durationMs: number;
}

export type Ready = Planned & { warnings: ConfigIssue[]; schema: PlannedStep[]; elements: ElementStep[]; trace: Trace };

/** Makes an instance what was wished for: all of it, or nothing. Under the lease. */
export async function push(order: PushOrder, holder: string, doors: ConfigDoors): Promise<PushResult> {
	const { clock } = doors;
	const id = clock.id();
	const startedAt = clock.now();
	let ready: Ready | null = null;
	let writing = false;
	const phases = phasesOf(doors);
	/** What is gone for good already, where the database cannot take it back. */
	const dropped: string[] = [];
	const finish = (writer: ConfigWriter, planned: Ready, keys: Map<Planned['plan']['changes'][number], string>) =>
		recordAll(writer, planned, keys, { id, at: startedAt, now: clock.now(), order });
	try {
		const { planned } = await doors.readThenWrite<Ready>({
			actor: order.actor,
			holder,
			dryRun: order.dryRun,
			async plan(reader) {
				ready = await getReady(reader, order, doors);
				return {
					planned: ready,
					write: changesAnything(ready.plan),
					schema: ready.schema.length > 0,
				};
			},
			isStillSo: async ({ state }, reader) =>
				sameJson((await reader.state({ own: order.choice.own, role: order.role })).rows, state.rows),
			async before(planned, writer) {
				writing = true;
				await applySchema(phases.before(planned.schema), writer, stepOf(doors));
			},
			async write(planned, writer) {
				writing = true;
				const steps = { schema: phases.during(planned.schema), elements: planned.elements };
				const keys = await applyInOrder(planned.plan, steps, writer, stepOf(doors));
				await verified(writer);
				await finish(writer, planned, keys);
			},
			async after(planned, writer) {
				for (const step of phases.after(planned.schema)) {
					await applySchema([step], writer, stepOf(doors));
					dropped.push(...step.changes.map(({ name }) => name));
				}
			},
			undo: (planned, writer, now) => undoPush(planned, order, { ...now, writer, doors, dropped }),
		});
		// From here on it is done, whatever else goes wrong.
		writing = false;
		const changed = changesAnything(planned.plan);
		const warnings = [...planned.warnings, ...(changed ? await refresh(doors, planned, order.dryRun) : [])];
		return {
			id: changed && !order.dryRun ? id : null,
			dryRun: order.dryRun,
			plan: planned.plan,
			warnings,
			durationMs: clock.now() - startedAt,
		};
	} catch (error) {
		if (ready && writing) await recordFailure(ready, error, { id, at: startedAt, order, doors });
		throw error;
	}
}

/** What can only be told when all is written; Directus says it in its own words. */
async function verified(writer: ConfigWriter): Promise<void> {
	await writer.verify().catch((error: unknown) => {
		const message = error instanceof Error ? error.message : String(error);
		refuseIssues('Nothing was changed', [{ file: null, path: '', code: 'refused_by_directus', message }], 422);
	});
}

/** Everything that can be found wrong before anything is written. */
async function getReady(reader: Parameters<typeof planWish>[0], order: PushOrder, doors: ConfigDoors): Promise<Ready> {
	const newId = () => doors.clock.id();
	const { issues, warnings, ...planned } = await planWish(reader, order, newId);
	if (order.fingerprint !== null && order.fingerprint !== planned.plan.fingerprint)
		throw new ConfigRefusal(
			409,
			'STATE_MOVED',
			'the configuration of this instance is not what it was when the plan was made: look at the new plan first',
			{ plan: planned.plan },
		);
	if (issues.length > 0) refuseIssues('This cannot be pushed', issues, 422);
	const { steps, ids } = elementSteps(planned, newId, order.localIds);
	const refused = await refusalsOf(steps, planned, order.actor, reader);
	if (refused.length > 0) refuseIssues('Directus refuses this', refused, 422);
	const { snapshot } = planned.state;
	return {
		...planned,
		warnings,
		elements: steps,
		schema: schemaSteps(planned.plan.changes, snapshot, planned.wanted.schema ?? snapshot),
		trace: traceOf({ ...planned, wanted: asWrittenHere(planned.wanted, ids) }),
	};
}

/** What Directus' own services say to what would be written, all of it at once. */
async function refusalsOf(
	steps: ElementStep[],
	{ state }: Planned,
	actor: Actor,
	reader: Parameters<typeof planWish>[0],
): Promise<ConfigIssue[]> {
	const rows = steps.flatMap((step) => {
		if (step.action === 'delete') return [];
		const now = step.action === 'update' ? state.rows[step.kind].find(({ id }) => String(id) === step.localId) : {};
		// A permission is judged as a whole; of the settings only what changes, since an unchanged key would be refused.
		return [{ step, kind: step.kind, row: step.kind === 'permissions' ? { ...now, ...step.row } : step.row }];
	});
	const answers = await reader.refusals(rows, actor);
	return answers.flatMap((message, index) => {
		const change = rows[index]?.step.change;
		if (message === null || !change) return [];
		const path = `${change.kind}:${change.sync_id}`;
		return [{ file: null, path, code: 'refused_by_directus', message: `${change.kind} "${change.name}": ${message}` }];
	});
}

interface Recording {
	id: string;
	at: number;
	now: number;
	order: PushOrder;
}

/** SyncIDs and history, in the transaction of what they are about: neither can be there without the other. */
async function recordAll(
	writer: ConfigWriter,
	planned: Ready,
	keys: Parameters<typeof idsAfter>[2],
	{ id, at, now, order }: Recording,
): Promise<void> {
	const { record, gone } = idsAfter(planned, planned.elements, keys);
	if (gone.length > 0) await writer.forgetGone(gone);
	for (const [kind, ids] of record) await writer.replaceIds(kind, ids);
	const { schema } = planned.wanted;
	if (schema) await writer.recordSchema(schemaNames(schema));
	await writer.record(
		{
			id,
			at,
			durationMs: now - at,
			user: order.actor.user,
			status: 'applied',
			reverts: order.reverts,
			summary: planned.plan.summary,
			error: null,
		},
		planned.plan,
		planned.trace,
	);
}

async function recordFailure(
	{ plan }: Ready,
	error: unknown,
	{ id, at, order, doors }: { id: string; at: number; order: PushOrder; doors: ConfigDoors },
): Promise<void> {
	await doors.refresh({ schema: true, flows: false, extensions: false }).catch(() => {});
	if (order.dryRun) return;
	const code = error instanceof ConfigRefusal ? error.code : 'PUSH_FAILED';
	const push: PushRecord = {
		id,
		at,
		durationMs: doors.clock.now() - at,
		user: order.actor.user,
		status: error instanceof ConfigRefusal && error.details['partial'] === true ? 'partial' : 'failed',
		reverts: order.reverts,
		summary: plan.summary,
		error: { code, message: error instanceof Error ? error.message : String(error) },
	};
	await doors.history
		.record(push, plan, null)
		.catch((reason: unknown) => doors.logger.error(`[downstream] the history could not be written: ${String(reason)}`));
}

/**
 * Where a database commits each change of a table at once (MySQL), tables are changed first, what cannot be taken back
 * last, and the elements in between: whatever fails, the most can be undone.
 */
function phasesOf({ schemaInTransaction }: ConfigDoors) {
	const all = (steps: PlannedStep[]) => steps;
	const none = () => [];
	if (schemaInTransaction) return { before: none, during: all, after: none };
	return {
		before: (steps: PlannedStep[]) => steps.filter((step) => !isDestructive(step, steps)),
		during: none,
		after: (steps: PlannedStep[]) => steps.filter((step) => isDestructive(step, steps)),
	};
}

/** Has Directus read again what changed; where that fails, the push is done all the same, and somebody has to know. */
async function refresh(doors: ConfigDoors, { plan }: Planned, dryRun: boolean): Promise<ConfigIssue[]> {
	const applied = plan.changes.filter(isApplied);
	const schema = applied.some(isSchemaChange);
	// What was undone is gone, but Directus may have seen the tables that were made.
	if (dryRun && !schema) return [];
	const flows = !dryRun && applied.some(({ kind }) => kind === 'flows' || kind === 'operations');
	try {
		await doors.refresh({ schema, flows, extensions: !dryRun && applied.some(({ kind }) => kind === 'extensions') });
		return [];
	} catch (error) {
		const message = `it is done, but Directus could not be told to forget what it knew: ${error instanceof Error ? error.message : String(error)}`;
		doors.logger.error(`[downstream] ${message}`);
		return [
			{ file: null, path: '', code: 'stale_caches', message, suggestion: 'clear the caches (POST /utils/cache/clear)' },
		];
	}
}

const stepOf = (doors: ConfigDoors) => (change: Plan['changes'][number]) => doors.beforeStep?.(change);

export const schemaNames = ({ collections, fields }: NonNullable<Bundle['schema']>): string[] => [
	...collections.map(({ collection }) => collection),
	...fields.map(fieldName),
];
