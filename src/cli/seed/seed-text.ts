import { printable } from '../../kernel/core/printable.js';
import type { Paint } from '../../kernel/core/paint.js';
import { renderFields } from '../../config/core/render/render-values.js';
import type { Change } from '../../contract/plan.js';
import { count } from '../../kernel/core/count.js';
import type { CollectionPlan, SeedPlan, SeedStep } from './seed-plan.js';

/** Beyond so many new items, their values are not shown. */
const SHOWN_WITH_VALUES = 20;

export interface SeedSummary {
	create: number;
	update: number;
	delete: number;
	none: number;
}

const stepsOf = ({ creates, updates, deletes }: CollectionPlan): SeedStep[] => [...creates, ...updates, ...deletes];

export function summaryOf(plan: SeedPlan): SeedSummary {
	const sum = (of: (one: CollectionPlan) => number) =>
		plan.collections.reduce((total, collection) => total + of(collection), 0);
	return {
		create: sum(({ creates }) => creates.length),
		update: sum(({ updates }) => updates.length),
		delete: sum(({ deletes }) => deletes.length),
		none: sum(({ unchanged }) => unchanged),
	};
}

/** Whether anything at all would be written, the recording of items that are there already included. */
export const hasChanges = (plan: SeedPlan): boolean =>
	plan.collections.some((collection) => stepsOf(collection).length > 0 || collection.adopted.length > 0);

/** What would be written, to be read before it is; in the manner of a plan of the configuration. */
export function seedText(plan: SeedPlan, { paint, width }: { paint: Paint; width: number }): string {
	const summary = summaryOf(plan);
	const lines: string[] = [];
	for (const collection of plan.collections) {
		const steps = stepsOf(collection);
		if (steps.length === 0 && collection.adopted.length === 0) continue;
		lines.push(`${paint('bold', collection.model.name)} ${paint('dim', counts(collection))}`);
		for (const step of steps)
			lines.push(...stepLines(step, paint, { width, withValues: summary.create <= SHOWN_WITH_VALUES }));
		for (const { syncId, localId } of collection.adopted)
			lines.push(`  = ${printable(syncId)} ${paint('dim', `is there already, as ${localId}`)}`);
		lines.push('');
	}
	for (const { model, skipped } of plan.collections)
		for (const action of ['create', 'update', 'delete'] as const)
			if (skipped[action] > 0)
				lines.push(
					paint('dim', `${model.name}: ${skipped[action]} to ${action}, left alone since the seed's meta says so`),
				);
	for (const { model, seed } of plan.collections)
		if (seed.leftAlone)
			lines.push(
				paint('dim', `${model.name}: ${seed.leftAlone.join(', ')} not changed, because Directus fills them itself`),
			);
	return [...lines, summaryLine(summary, paint)].join('\n');
}

const counts = ({ creates, updates, deletes }: CollectionPlan) =>
	[
		[creates, '+'],
		[updates, '~'],
		[deletes, '-'],
	]
		.filter(([steps]) => (steps?.length ?? 0) > 0)
		.map(([steps, sign]) => `${sign}${steps?.length}`)
		.join(' ');

function stepLines(step: SeedStep, paint: Paint, show: { width: number; withValues: boolean }): string[] {
	const look = { create: ['+', 'green'], update: ['~', 'yellow'], delete: ['-', 'red'] } as const;
	const [sign, style] = look[step.action];
	const key = step.key === null || step.key === step.syncId ? '' : ` ${paint('dim', step.key)}`;
	const line = `  ${paint(style, sign)} ${paint(style, printable(step.syncId))}${key}`;
	if (step.action === 'delete' || (step.action === 'create' && !show.withValues)) return [line];
	return [line, ...renderFields(asChange(step), paint, show.width - 6).map((field) => `      ${field}`)];
}

/** As far as the printing of fields looks at it. */
const asChange = ({ action, fields, syncId, key }: SeedStep): Change => ({
	kind: 'collections',
	sync_id: syncId,
	name: syncId,
	action,
	fields,
	risk: [],
	local_id: key,
	after: [],
	completes: false,
	kept: false,
	impact: [],
});

function summaryLine({ create, update, delete: deleted, none }: SeedSummary, paint: Paint): string {
	if (create + update + deleted === 0)
		return `${paint('bold', 'No changes.')} The items are as the seeds say (${count(none, 'item')} compared).`;
	return [
		paint('green', `+ ${create} to create`),
		paint('yellow', `~ ${update} to change`),
		paint('red', `- ${deleted} to delete`),
		paint('dim', `${none} unchanged`),
	].join('  ');
}

/** The plan as JSON output has it. */
export function seedData(plan: SeedPlan) {
	return {
		changes: plan.collections.flatMap((collectionPlan) =>
			stepsOf(collectionPlan).map(({ collection, syncId, action, key, fields }) => ({
				collection,
				sync_id: syncId,
				action,
				local_id: key,
				fields,
			})),
		),
		adopted: plan.collections.flatMap(({ model, adopted }) =>
			adopted.map(({ syncId, localId }) => ({ collection: model.name, sync_id: syncId, local_id: localId })),
		),
		summary: summaryOf(plan),
	};
}
