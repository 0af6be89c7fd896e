import type { Bundle } from '../contract/bundle.js';
import { sameJson } from './core/plan/diff-values.js';
import { asWrittenHere } from './core/elements/element-values.js';
import { movedBetween, otherSteps } from './core/plan/moved-values.js';
import type { ConfigIssue, Plan } from '../contract/plan.js';
import { fieldName } from './core/schema/schema-changes.js';
import { plannedSnapshot } from './core/schema/schema-diff.js';
import { applyInOrder, applySchema, elementSteps, idsAfter, type ElementStep, type Planned } from './apply-plan.js';
import { changesAnything, planWish } from './plan-wish.js';
import type { Actor, ConfigPorts, ConfigWriter, PushRecord, Trace } from './ports.js';
import { phasesOf, stepsTold } from './push-phases.js';
import { checkPushesBefore } from './push-after.js';
import { ConfigRefusal, leftBehind, refuseIssues } from './refusal.js';
import { isApplied, isSchemaChange, schemaSteps } from './schema-steps.js';
import { traceOf } from './take-back.js';
import { undoPush } from './undo-push.js';
import type { PushOrder, Ready } from './push-order.js';
import { messageOf } from '../kernel/core/message-of.js';

export interface PushResult {
	/** In the history; null where nothing was written. */
	id: string | null;
	dryRun: boolean;
	plan: Plan;
	warnings: ConfigIssue[];
	durationMs: number;
}

/** Makes an instance what was wished for: all of it, or nothing. Under the lease. */
export async function push(order: PushOrder, holder: string, ports: ConfigPorts): Promise<PushResult> {
	const { clock } = ports;
	const id = clock.id();
	const startedAt = clock.now();
	let ready: Ready | null = null;
	let writing = false;
	const phases = phasesOf(ports);
	/** What is gone for good already, where the database cannot take it back. */
	const dropped: string[] = [];
	const finish = (
		writer: ConfigWriter,
		planned: Ready,
		keys: Map<Planned['plan']['changes'][number], string>,
		status: 'begun' | 'applied',
	) =>
		recordAll(writer, planned, keys, {
			push: recordOf(status, planned, { id, at: startedAt, order, ports }),
			trace: status === 'begun' ? begun(planned) : planned.trace,
		});
	const beforeStep = stepsTold(order.tell, ports, () => ready?.plan ?? null);
	order.tell?.({ stage: 'planning', step: 0, of: 0, name: null });
	if (order.after) await checkPushesBefore(order.after, ports);
	try {
		const { planned } = await ports.readThenWrite<Ready>({
			actor: order.actor,
			holder,
			dryRun: order.dryRun,
			async plan(reader) {
				ready = await getReady(reader, order, ports);
				return {
					planned: ready,
					write: changesAnything(ready.plan),
					schema: ready.schema.length > 0,
				};
			},
			// In a dry run, nothing has another name yet.
			isStillSo: async ({ state, unmoved }, reader) =>
				sameJson(
					(await reader.state({ own: order.choice.own, role: order.role })).rows,
					(order.dryRun ? unmoved : state).rows,
				),
			async before(planned, writer) {
				writing = true;
				// From here on a process that dies leaves something behind: the next push has to check how far it came.
				await ports.history.record(
					recordOf('begun', planned, { id, at: startedAt, order, ports }),
					planned.plan,
					begun(planned),
				);
				await applySchema(phases.before(planned.schema), writer, beforeStep);
			},
			async write(planned, writer) {
				writing = true;
				const steps = { schema: phases.during(planned.schema), elements: planned.elements };
				const keys = await applyInOrder(planned.plan, steps, writer, beforeStep);
				await verified(writer);
				await finish(writer, planned, keys, phases.after(planned.schema).length > 0 ? 'begun' : 'applied');
			},
			async after(planned, writer) {
				for (const step of phases.after(planned.schema)) {
					await applySchema([step], writer, beforeStep);
					dropped.push(...step.changes.map(({ name }) => name));
				}
				if (dropped.length > 0)
					await ports.history.record(
						recordOf('applied', planned, { id, at: startedAt, order, ports }),
						planned.plan,
						planned.trace,
					);
			},
			undo: (planned, writer, now) =>
				undoPush(planned, order, { ...now, writer, ports, dropped }).catch((reason: unknown) => {
					// Whatever goes wrong while it is undone, why it had to be must not be lost.
					if (reason instanceof ConfigRefusal && reason.details['partial'] === true) throw reason;
					const message = messageOf(reason);
					throw leftBehind(now.error, ['what the push had changed'], [message]);
				}),
		});
		// From here on it is done, whatever else goes wrong.
		writing = false;
		const changed = changesAnything(planned.plan);
		const warnings = [...planned.warnings, ...(changed ? await refresh(ports, planned, order.dryRun) : [])];
		return {
			id: changed && !order.dryRun ? id : null,
			dryRun: order.dryRun,
			plan: planned.plan,
			warnings,
			durationMs: clock.now() - startedAt,
		};
	} catch (error) {
		if (ready && writing) await recordFailure(ready, error, { id, at: startedAt, order, ports });
		throw error;
	}
}

/** What can only be told when all is written; Directus says it in its own words. */
async function verified(writer: ConfigWriter): Promise<void> {
	await writer.verify().catch((error: unknown) => {
		const message = messageOf(error);
		refuseIssues('Nothing was changed', [{ file: null, path: '', code: 'refused_by_directus', message }], 422);
	});
}

/** Everything that can be found wrong before anything is written. */
async function getReady(reader: Parameters<typeof planWish>[0], order: PushOrder, ports: ConfigPorts): Promise<Ready> {
	const newId = () => ports.clock.id();
	const { issues, warnings, ...planned } = await planWish(reader, order, newId);
	if (order.fingerprint !== null && order.fingerprint !== planned.plan.fingerprint)
		throw new ConfigRefusal(
			409,
			'STATE_MOVED',
			'the configuration of this instance is not what it was when the plan was made: look at the new plan first',
			{ plan: planned.plan, ...(order.reviewed ? { issues: movedBetween(order.reviewed, planned.plan) } : {}) },
		);
	const other = order.reviewed ? otherSteps(order.reviewed, planned.plan) : [];
	if (other.length > 0)
		throw new ConfigRefusal(
			409,
			'PLAN_DIFFERS',
			'the bundle leads to other steps than the plan that came with it: make the plan again, and look at it',
			{ plan: planned.plan, issues: other },
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
		schema: [...planned.moveSteps, ...schemaSteps(planned.plan.changes, snapshot, planned.wanted.schema ?? snapshot)],
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

/** A push in the history. */
const recordOf = (
	status: PushRecord['status'],
	{ plan }: Pick<Planned, 'plan'>,
	{ id, at, order, ports: { clock } }: { id: string; at: number; order: PushOrder; ports: ConfigPorts },
): PushRecord => ({
	id,
	at,
	durationMs: clock.now() - at,
	user: order.actor.user,
	status,
	reverts: order.reverts,
	git: order.git ?? null,
	summary: plan.summary,
	error: null,
});

/** With the schema that it leads to, so that it can be carried on with as well as undone. */
function begun({ trace, state, wanted, plan }: Ready): Trace {
	const schema = wanted.schema && trace.before.schema && plannedSnapshot(state.snapshot, wanted.schema, plan.changes);
	return { ...trace, after: { ...trace.after, schema } };
}

/** SyncIDs and history, in the transaction of what they are about: neither can be there without the other. */
async function recordAll(
	writer: ConfigWriter,
	planned: Ready,
	keys: Parameters<typeof idsAfter>[2],
	{ push, trace }: { push: PushRecord; trace: Trace },
): Promise<void> {
	const { record, gone } = idsAfter(planned, planned.elements, keys);
	if (gone.length > 0) await writer.forgetGone(gone);
	for (const [kind, ids] of record) await writer.replaceIds(kind, ids);
	const { schema } = planned.wanted;
	if (schema) await writer.recordSchema(schemaNames(schema));
	await writer.record(push, planned.plan, trace);
}

async function recordFailure(
	{ plan }: Ready,
	error: unknown,
	{ id, at, order, ports }: { id: string; at: number; order: PushOrder; ports: ConfigPorts },
): Promise<void> {
	await ports.refresh({ schema: true, flows: false, extensions: false }).catch(() => {});
	if (order.dryRun) return;
	const code = error instanceof ConfigRefusal ? error.code : 'PUSH_FAILED';
	const partial = error instanceof ConfigRefusal && error.details['partial'] === true;
	const push: PushRecord = {
		...recordOf(partial ? 'partial' : 'failed', { plan }, { id, at, order, ports }),
		error: { code, message: messageOf(error) },
	};
	await ports.history
		.record(push, plan, null)
		.catch((reason: unknown) => ports.logger.error(`[downstream] the history could not be written: ${String(reason)}`));
}

/** Has Directus read again what changed. Where that fails, the push has succeeded all the same, and a warning says so. */
async function refresh(ports: ConfigPorts, { plan }: Planned, dryRun: boolean): Promise<ConfigIssue[]> {
	const applied = plan.changes.filter(isApplied);
	const schema = applied.some(isSchemaChange);
	// The tables were rolled back, but Directus may have cached them meanwhile.
	if (dryRun && !schema) return [];
	const flows = !dryRun && applied.some(({ kind }) => kind === 'flows' || kind === 'operations');
	try {
		await ports.refresh({ schema, flows, extensions: !dryRun && applied.some(({ kind }) => kind === 'extensions') });
		return [];
	} catch (error) {
		const message = `it is done, but Directus could not be told to forget what it knew: ${messageOf(error)}`;
		ports.logger.error(`[downstream] ${message}`);
		return [
			{ file: null, path: '', code: 'stale_caches', message, suggestion: 'clear the caches (POST /utils/cache/clear)' },
		];
	}
}

export const schemaNames = ({ collections, fields }: NonNullable<Bundle['schema']>): string[] => [
	...collections.map(({ collection }) => collection),
	...fields.map(fieldName),
];
