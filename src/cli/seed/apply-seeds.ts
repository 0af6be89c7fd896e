import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isRecord } from '../../kernel/core/is-record.js';
import type { Connection } from '../connection.js';
import { Failure } from '../failure.js';
import { seedIds, type SeedIds } from './seed-ids.js';
import type { SeedCollection } from './seed-model.js';
import { resolve, type CollectionPlan, type SeedPlan, type SeedStep } from './seed-plan.js';
import type { Row } from '../complete-reads.js';
import { idTable } from './seed-shape.js';

/** Items written by one request, each in one transaction. */
const ITEMS_PER_WRITE = 50;

interface Writing {
	instance: Connection;
	map: SeedIds;
	ids: Map<string, Map<string, string>>;
	/** Told after each request: of which collection, how many items. */
	written(collection: string, items: number): void;
}

/** References that could not be set on creation, since what they name came later. */
interface Open {
	plan: CollectionPlan;
	step: SeedStep;
	values: Row;
}

/**
 * Does what the plan says: creates and updates in its order, then what had to wait for others, then deletes, backwards.
 *
 * @throws Failure that names the collection and the seeds; what was written before stays, and a second run goes on there
 */
export async function applySeeds(
	plan: SeedPlan,
	{ instance, ids, written }: Pick<Writing, 'instance' | 'ids' | 'written'>,
): Promise<void> {
	const writing: Writing = { instance, map: seedIds(instance), ids, written };
	const open: Open[] = [];
	for (const collection of plan.collections) {
		await record(writing, collection, collection.adopted);
		open.push(...(await create(writing, collection)));
		await update(
			writing,
			collection.model,
			collection.updates.map((step) => ({ step, values: step.values, plan: collection })),
		);
	}
	for (const collection of plan.collections) {
		const mine = open.filter(({ plan: owner }) => owner === collection);
		await update(writing, collection.model, mine);
	}
	for (const collection of plan.collections.toReversed()) await remove(writing, collection);
}

async function create(writing: Writing, plan: CollectionPlan): Promise<Open[]> {
	const { model } = plan;
	const left: Open[] = [];
	for (const steps of inGroupsOf(model.name === 'directus_files' ? 1 : ITEMS_PER_WRITE, plan.creates)) {
		const items = steps.map((step) => {
			const { values, open } = resolved(step.values, model, writing.ids);
			// Directus 12 records the user of this request as the uploader.
			if (model.name === 'directus_files' && values['uploaded_by'] != null) open['uploaded_by'] = values['uploaded_by'];
			// Directus fills these itself when it creates the item; afterwards they can be set.
			for (const name of Object.keys(values))
				if (model.fields.get(name)?.setOn === 'creation' && values[name] != null) open[name] = values[name];
			if (Object.keys(open).length > 0) left.push({ plan, step, values: open });
			// A key of our own, recorded first: a kill in between leaves a record without an item, never a second item.
			if (model.keys === 'uuid' && values[model.primaryKey] == null) values[model.primaryKey] = randomUUID();
			return values;
		});
		const known = items.map((item) => item[model.primaryKey]);
		if (known.every((key) => key != null)) await record(writing, plan, pair(steps, known));
		const keys = await describing('create', plan, steps, () => send(writing.instance, 'POST', model, { steps, items }));
		if (!known.every((key) => key != null)) await record(writing, plan, pair(steps, keys));
		writing.written(model.name, steps.length);
	}
	return left;
}

const pair = (steps: readonly SeedStep[], keys: readonly unknown[]) =>
	steps.map(({ syncId }, index) => ({ syncId, localId: String(keys[index]) }));

async function update(
	writing: Writing,
	model: SeedCollection,
	changes: readonly { plan: CollectionPlan; step: SeedStep; values: Row }[],
): Promise<void> {
	for (const chunk of inGroupsOf(model.name === 'directus_files' ? 1 : ITEMS_PER_WRITE, changes)) {
		const [first] = chunk;
		if (!first) continue;
		const steps = chunk.map(({ step }) => step);
		const items = chunk.map(({ step, values }) => ({
			...resolved(values, model, writing.ids).values,
			[model.primaryKey]: step.key ?? writing.ids.get(idTable(model.name))?.get(step.syncId),
		}));
		const withBytes = steps.map((step) => (step.action === 'update' ? step : { ...step, bytes: null }));
		await describing('update', first.plan, steps, () =>
			send(writing.instance, 'PATCH', model, { steps: withBytes, items }),
		);
		writing.written(model.name, chunk.length);
	}
}

async function remove(writing: Writing, plan: CollectionPlan): Promise<void> {
	const table = idTable(plan.model.name);
	await writing.map.write(table, { forget: plan.gone });
	for (const steps of inGroupsOf(ITEMS_PER_WRITE, plan.deletes)) {
		await describing('delete', plan, steps, () =>
			writing.instance.ask('DELETE', plan.model.path, { body: steps.map(({ key }) => key) }),
		);
		await writing.map.write(table, { forget: steps.map(({ syncId }) => syncId) });
		writing.written(plan.model.name, steps.length);
	}
}

async function record(
	{ map, ids }: Writing,
	{ model }: CollectionPlan,
	known: readonly { syncId: string; localId: string }[],
): Promise<void> {
	const table = idTable(model.name);
	await map.write(table, { add: [...known] });
	const mine = ids.get(table) ?? new Map<string, string>();
	for (const { syncId, localId } of known) mine.set(syncId, localId);
	ids.set(table, mine);
}

/** Values as the instance takes them, and those that name what has no key yet. */
function resolved(values: Row, model: SeedCollection, ids: Writing['ids']): { values: Row; open: Row } {
	const [ready, open]: [Row, Row] = [{}, {}];
	for (const [name, value] of Object.entries(values)) {
		const resolution = resolve(name, value, values, { model, ids });
		const isUuid = typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value);
		if (resolution.open === null || isUuid) ready[name] = resolution.value;
		else open[name] = value;
	}
	return { values: ready, open };
}

/** Writes items; gives their keys, in the order of the items. */
async function send(
	instance: Connection,
	method: 'POST' | 'PATCH',
	model: SeedCollection,
	{ steps, items }: { steps: readonly SeedStep[]; items: readonly Row[] },
): Promise<unknown[]> {
	const [step, item] = [steps[0], items[0]];
	const query = { fields: model.primaryKey };
	if (model.name === 'directus_files' && step && item && step.bytes !== null) {
		const path = method === 'POST' ? model.path : `${model.path}/${String(item[model.primaryKey])}`;
		const body = await formOf(item, step.bytes);
		const saved = await instance.data<Row>(method, path, { query, body, timeout: 300_000 });
		return [saved[model.primaryKey]];
	}
	// Keys that the database makes rise in the order of the items; answers have an order of their own.
	const saved = await instance.data<Row[]>(method, model.path, {
		query: { ...query, sort: model.primaryKey, limit: -1 },
		body: items,
	});
	if (method === 'PATCH') return [];
	const given = items.map((item) => item[model.primaryKey]);
	if (given.every((key) => key != null)) return given;
	const keys = (Array.isArray(saved) ? saved : []).filter(isRecord).map((row) => row[model.primaryKey]);
	if (keys.length === items.length && keys.every((key) => key != null)) return keys;
	throw new Failure(
		'PARTIAL_READ',
		`Of ${items.length} items that were created in ${model.name}, ${keys.length} came back.`,
		{
			where: `POST ${instance.url}${model.path}`,
			advice: 'Run it again: items that are there already are recognised by their values.',
		},
	);
}

/** The values must come before the bytes: Directus reads them in this order. */
async function formOf(values: Row, path: string): Promise<FormData> {
	const form = new FormData();
	for (const [name, value] of Object.entries(values))
		if (value !== null && value !== undefined)
			form.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
	const type = typeof values['type'] === 'string' ? values['type'] : '';
	const name = typeof values['filename_download'] === 'string' ? values['filename_download'] : basename(path);
	form.append('file', new Blob([new Uint8Array(await readFile(path))], { type }), name);
	return form;
}

async function describing<T>(
	what: 'create' | 'update' | 'delete',
	{ model }: CollectionPlan,
	steps: readonly SeedStep[],
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		const names = steps.map(({ syncId }) => syncId);
		const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
		throw new Failure(error.code, `Cannot ${what} items of ${model.name}: ${error.message}`, {
			where: `${model.name}: ${shown}`,
			details: error.details,
			advice: `What was written before stays; correct this and run it again. ${error.advice ?? ''}`.trim(),
			cause: error,
		});
	}
}
