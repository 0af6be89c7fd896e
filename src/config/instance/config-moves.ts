import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { movedElement } from '../core/moves/move-bundle.js';
import { moveSteps } from '../core/moves/move-steps.js';
import type { ConfigState } from '../core/elements/config-state.js';
import type { Move } from '../core/moves/move-names.js';
import { movedFlushRule } from '../core/moves/move-rules.js';
import type { Leads } from '../core/moves/move-paths.js';
import { QUIET } from '../core/plan/quiet-writes.js';
import type { FollowInQueue, MoveStep } from '../ports.js';
import { isRecord } from '../../kernel/core/is-record.js';
import type { Row } from '../../kernel/core/row.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import { renameColumn, renameTable } from './rename-table.js';

/** What a new name needs. The transaction is the only connection that is used. */
export interface MovePorts {
	database: Knex;
	services: DirectusServices;
	/** As it was before the move; only Directus' own tables are looked up in it. */
	schema: SchemaOverview;
	/** Whether the database commits each change of a table at once. */
	commitsAtOnce: boolean;
	/** Absent where nothing is sent. */
	followInQueue?: FollowInQueue | undefined;
}

/** Directus' own tables that name collections, by their columns; those of the configuration come with the step. */
const NAMING: Record<string, string[]> = {
	directus_fields: ['collection'],
	directus_relations: ['many_collection', 'one_collection'],
	directus_activity: ['collection'],
	directus_revisions: ['collection'],
	directus_comments: ['collection'],
	directus_notifications: ['collection'],
	directus_versions: ['collection'],
	directus_shares: ['collection'],
	directus_presets: ['collection'],
};

/**
 * Gives a table or column another name, for which Directus has no service, and has everything follow that names it. Half
 * made before, it is completed: where the former name is gone, only what follows is left to do.
 */
export async function applyMove(step: MoveStep, ports: MovePorts): Promise<void> {
	const { database, commitsAtOnce } = ports;
	const changesTable = await renameInDatabase(database, step, false);
	if (!commitsAtOnce) return follow(step, ports);
	try {
		await database.transaction((transaction) => follow(step, { ...ports, database: transaction }));
	} catch (error) {
		if (changesTable) await renameInDatabase(database, step, true);
		throw error;
	}
}

/**
 * Ends moves that a process broke off between the new name and what follows it, which can only happen where the
 * database commits each change of a table at once.
 */
export async function completeMoves(moves: readonly Move[], state: ConfigState, ports: MovePorts): Promise<void> {
	const { database } = ports;
	const isColumn = async (table: string, column: string) =>
		(await database.schema.hasTable(table)) && (await database.schema.hasColumn(table, column));
	const { collections, fields } = state.snapshot;
	const half: Move[] = [];
	for (const move of moves) {
		const isHalf =
			move.kind === 'collections'
				? collections.some(({ collection }) => collection === move.from) &&
					!(await database.schema.hasTable(move.from)) &&
					(await database.schema.hasTable(move.to))
				: fields.some(({ collection, field }) => collection === move.collection && field === move.from) &&
					!(await isColumn(move.collection, move.from)) &&
					(await isColumn(move.collection, move.to));
		if (isHalf) half.push(move);
	}
	for (const { step } of moveSteps(state, half)) await applyMove(step, ports);
}

/** Whether there was anything to rename: a folder has no table, an alias no column. */
async function renameInDatabase(database: Knex, step: MoveStep, back: boolean): Promise<boolean> {
	const [from, to] = back ? [step.to, step.from] : [step.from, step.to];
	if (step.kind === 'collections') {
		if (!(await database.schema.hasTable(from))) return false;
		await renameTable(database, from, to);
		return true;
	}
	const { collection } = step;
	if (!(await database.schema.hasTable(collection)) || !(await database.schema.hasColumn(collection, from)))
		return false;
	await renameColumn(database, collection, { from, to });
	return true;
}

async function follow(step: MoveStep, ports: MovePorts): Promise<void> {
	const { database, services, schema } = ports;
	const items = (table: string) => new services.ItemsService(table, { knex: database, schema, accountability: null });
	if (step.kind === 'collections') await followCollection(database, step);
	else await followField(database, step);
	const move = moveOf(step);
	await ports.followInQueue?.(database, move, (rule) => movedFlushRule(rule, { move, leads: step.leads }));
	await personalPresets(step, ports);
	if (step.kind === 'fields') await draftsOf(step, ports);
	for (const { collection, field } of step.named)
		if (await database.schema.hasTable(collection))
			await database(collection)
				.where({ [field]: step.from })
				.update({ [field]: step.to });
	for (const { table, where, values } of step.rows) {
		const row = await database(table)
			.where(where)
			.first<Row | undefined>(table === 'directus_collections' ? 'collection' : 'id');
		const key = row?.['id'] ?? row?.['collection'];
		if (key !== undefined) await items(table).updateOne(key as string | number, structuredClone(values), { ...QUIET });
	}
}

async function followCollection(database: Knex, { from, to }: MoveStep): Promise<void> {
	const table = 'directus_collections';
	const columns = Object.keys(await database(table).columnInfo()).filter((column) => column !== 'collection');
	const [former, already] = await Promise.all(
		[from, to].map((collection) => database(table).where({ collection }).first<Row | undefined>('collection')),
	);
	// Others refer to its key, so both rows are there until all refer to the new one.
	if (former && !already) {
		const names = ['collection', ...columns];
		const into = database.raw(`?? (${names.map(() => '??').join(', ')})`, [table, ...names]);
		await database(into as unknown as string).insert(
			database(table)
				.select(database.raw('?', [to]), ...columns.map((column) => database.ref(column)))
				.where({ collection: from }),
		);
	}
	await database(table).where({ group: from }).update({ group: to });
	for (const [name, places] of Object.entries(NAMING)) {
		if (!(await database.schema.hasTable(name))) continue;
		for (const place of places)
			if (await database.schema.hasColumn(name, place))
				await database(name)
					.where({ [place]: from })
					.update({ [place]: to });
	}
	if (former) await database(table).where({ collection: from }).delete();
}

async function followField(database: Knex, step: MoveStep & { kind: 'fields' }): Promise<void> {
	const { collection, from, to } = step;
	await database('directus_fields').where({ collection, field: from }).update({ field: to });
	await database('directus_relations')
		.where({ many_collection: collection, many_field: from })
		.update({ many_field: to });
	await database('directus_relations').where({ one_collection: collection, one_field: from }).update({ one_field: to });
}

/** What people have set for themselves is in nobody's files. Its collection has its new name by now. */
async function personalPresets(step: MoveStep, { database, services, schema }: MovePorts): Promise<void> {
	if (step.kind !== 'fields') return;
	const presets = new services.ItemsService('directus_presets', { knex: database, schema, accountability: null });
	const rows = await presets.readByQuery(
		{ filter: { user: { _nnull: true }, collection: { _eq: step.collection } }, limit: -1 },
		{ emitEvents: false },
	);
	const nowhere: Leads = () => null;
	for (const row of rows) {
		const after = movedElement('presets', row, { move: moveOf(step), leads: nowhere });
		if (after === row) continue;
		const { filter, layout_query, layout_options } = after;
		await presets.updateOne(Number(row['id']), { filter, layout_query, layout_options }, { ...QUIET });
	}
}

/** Drafts (content versions) hold values by field. */
async function draftsOf(step: MoveStep & { kind: 'fields' }, { database, services, schema }: MovePorts): Promise<void> {
	const versions = schema.collections['directus_versions'];
	if (!versions?.fields['delta']) return;
	const service = new services.ItemsService('directus_versions', { knex: database, schema, accountability: null });
	const rows = await service.readByQuery(
		{ fields: ['id', 'delta'], filter: { collection: { _eq: step.collection } }, limit: -1 },
		{ emitEvents: false },
	);
	for (const { id, delta } of rows) {
		if (!isRecord(delta) || !Object.hasOwn(delta, step.from)) continue;
		const renamed = Object.entries(delta).map(([key, value]) => [key === step.from ? step.to : key, value]);
		await service.updateOne(String(id), { delta: Object.fromEntries(renamed) }, { ...QUIET });
	}
}

const moveOf = (step: MoveStep): Move =>
	step.kind === 'fields'
		? { kind: 'fields', collection: step.collection, from: step.from, to: step.to }
		: { kind: 'collections', from: step.from, to: step.to };
