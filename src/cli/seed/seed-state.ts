import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { readFile } from 'node:fs/promises';
import { ELEMENT_KINDS } from '../../contract/bundle.js';
import type { Connection } from '../connection.js';
import { Failure, type FailureDetail } from '../failure.js';
import { bytesPath, readSeeds } from './read-seeds.js';
import { seedIds } from './seed-ids.js';
import { readModel, type SeedCollection } from './seed-model.js';
import { planSeeds, resolve, sameStored, tableOf, type Ids, type SeedPlan, type SeedState } from './seed-plan.js';
import { atOnce, countItems, readByKeys, readComplete, type Row } from '../complete-reads.js';
import { idTable, type Seed, type SeedItem } from './seed-shape.js';

/** Everything that seeding needs to know, and what there is to do. */
export interface PreparedSeeds {
	seeds: Seed[];
	ids: Map<string, Map<string, string>>;
	plan: SeedPlan;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** So many items are looked for by their values in one request. */
const TWINS_PER_READ = 20;

/** Reads seeds and instance, and plans; writes nothing. */
export async function prepareSeeds(
	instance: Connection,
	paths: readonly string[],
	folder: string,
): Promise<PreparedSeeds> {
	const given = await readSeeds(paths, folder);
	const model = await readModel(instance, given);
	const ids = await readIds(instance, given, model);
	const seeds = withoutAudits(given, model, ids);
	checkReferences(seeds, model, ids);
	const states: SeedState[] = [];
	for (const seed of seeds) {
		const collection = model.get(seed.collection);
		if (collection) states.push(await readState(instance, seed, collection, ids));
	}
	return { seeds, ids, plan: planSeeds(states, ids) };
}

/**
 * Directus decides when and by whom an item was changed. Who created it is set only for users of the seeds or the id map:
 * other users of another instance are unknown here.
 */
function withoutAudits(seeds: readonly Seed[], model: Map<string, SeedCollection>, ids: Ids): Seed[] {
	const users = new Set([
		...(ids.get('users')?.keys() ?? []),
		...seeds.filter(({ collection }) => collection === 'directus_users').flatMap(({ places }) => [...places.keys()]),
	]);
	return seeds.map((seed) => {
		const leftAlone = new Set<string>();
		const fields = model.get(seed.collection)?.fields;
		const isLeft = ([name, value]: [string, unknown]): boolean => {
			const { setOn = null, refersTo = null } = fields?.get(name) ?? {};
			const isLeftAlone =
				setOn === 'update' || (setOn === 'creation' && refersTo !== null && !users.has(String(value)));
			if (isLeftAlone) leftAlone.add(name);
			return isLeftAlone;
		};
		const items = seed.items.map(
			(item) => Object.fromEntries(Object.entries(item).filter((entry) => !isLeft(entry))) as SeedItem,
		);
		return leftAlone.size === 0 ? seed : { ...seed, items, leftAlone: [...leftAlone].toSorted() };
	});
}

async function readIds(instance: Connection, seeds: readonly Seed[], model: Map<string, SeedCollection>) {
	const tables = new Set<string>(seeds.map((seed) => idTable(seed.collection)));
	for (const seed of seeds)
		for (const item of seed.items)
			for (const name of Object.keys(item)) {
				const collection = model.get(seed.collection);
				const table = collection ? tableOf(name, item, collection) : null;
				if (table !== null) tables.add(table);
			}
	const ids = await seedIds(instance).read([...tables]);
	return new Map([...ids].map(([table, known]) => [table, new Map(known.map((id) => [id.syncId, id.localId]))]));
}

/** A name that nothing has is an error before the first write, not a foreign key that fails half-way. */
function checkReferences(seeds: readonly Seed[], model: Map<string, SeedCollection>, ids: Ids): void {
	const seeded = new Map(seeds.map((seed) => [idTable(seed.collection), new Set(seed.places.keys())]));
	const details: FailureDetail[] = [];
	for (const seed of seeds) {
		const collection = model.get(seed.collection);
		if (!collection) continue;
		for (const item of seed.items)
			for (const [name, value] of Object.entries(item)) {
				const { open } = resolve(name, value, item, { model: collection, ids });
				if (open === null || seeded.get(open.table)?.has(String(value)) || UUID.test(String(value))) continue;
				// Keys of collections that are no seeds may be words of any kind.
				if (!seeded.has(open.table) && !(ELEMENT_KINDS as readonly string[]).includes(open.table)) continue;
				const place = seed.places.get(item._sync_id);
				details.push({
					place: `${place?.file ?? seed.collection} ${place?.path ?? ''}/${name}`,
					message: `nothing in ${open.table.replace(/^items:/, '')} has the SyncID "${String(value)}"`,
				});
			}
	}
	if (details.length === 0) return;
	throw new Failure('UNKNOWN_REFERENCE', 'The seeds refer to what does not exist.', {
		details,
		advice: 'Add it to the seeds, or push the configuration that it is part of first. Nothing was written.',
	});
}

async function readState(instance: Connection, seed: Seed, model: SeedCollection, ids: Ids): Promise<SeedState> {
	const known = ids.get(idTable(seed.collection)) ?? new Map<string, string>();
	const fields = new Set<string>();
	for (const item of seed.items)
		for (const name of Object.keys(item)) {
			const field = model.fields.get(name);
			if (field && !field.concealed && field.type !== 'alias') fields.add(name);
		}
	if (model.name === 'directus_files') fields.add('filesize');
	const given = seed.items.map((item) => (seed.meta.preserve_ids ? item._sync_id : item[model.primaryKey]));
	const keys = [...known.values(), ...given.filter((key) => key != null).map(String)];
	const rows = new Map(await readByKeys(instance, model, keys, [...fields]));
	const twins = await findTwins(instance, { seed, model, ids, rows, known, fields: [...fields] });
	const bytes = new Map<string, string>();
	for (const item of seed.items) {
		const place = seed.places.get(item._sync_id);
		if (item._file_path !== undefined && place) bytes.set(item._sync_id, bytesPath(place.file, item._file_path));
	}
	return { model, seed, rows, twins, bytes, otherBytes: await findOtherBytes(instance, bytes, known, rows) };
}

/**
 * Items that are there already without being recorded: users by their email, which is unique, and items that equal a
 * seed in all its values. A push that was killed between creating and recording left such items.
 */
async function findTwins(
	instance: Connection,
	asked: {
		seed: Seed;
		model: SeedCollection;
		ids: Ids;
		rows: Map<string, Row>;
		known: ReadonlyMap<string, string>;
		fields: readonly string[];
	},
): Promise<Map<string, string>> {
	const { seed, model, ids, rows, known, fields } = asked;
	const twins = new Map<string, string>();
	const isUsers = model.name === 'directus_users';
	if (!seed.meta.create || (!isUsers && model.keys !== 'auto')) return twins;
	const filters = new Map<string, Row>();
	for (const item of seed.items) {
		const recorded = known.get(item._sync_id);
		if (recorded !== undefined && rows.has(recorded)) continue;
		const filter = isUsers ? { email: { _eq: item['email'] } } : sameValues(item, model, ids);
		if (filter !== null && (!isUsers || typeof item['email'] === 'string')) filters.set(item._sync_id, filter);
	}
	if (filters.size === 0 || (await countItems(instance, model)) === 0) return twins;
	const taken = new Set(known.values());
	for (const chunk of inGroupsOf(TWINS_PER_READ, [...filters])) {
		const filter = { _or: chunk.map(([, condition]) => condition) };
		for (const row of await readComplete(instance, model, { filter, fields })) {
			const key = String(row[model.primaryKey]);
			const match = chunk.find(([syncId]) => {
				const item = seed.items.find((candidate) => candidate._sync_id === syncId);
				return item && !twins.has(syncId) && (isUsers ? sameEmail(item, row) : isSame(item, row, model, ids));
			});
			if (!match || taken.has(key)) continue;
			twins.set(match[0], key);
			taken.add(key);
			rows.set(key, row);
		}
	}
	return twins;
}

const sameEmail = (a: Row, b: Row) => String(a['email']).toLowerCase() === String(b['email']).toLowerCase();

/** A filter for items with these values; null where there is nothing to recognise them by. */
function sameValues(item: Row, model: SeedCollection, ids: Ids): Row | null {
	const conditions: Row[] = [];
	for (const [name, value] of Object.entries(item)) {
		const field = model.fields.get(name);
		if (
			!field ||
			field.concealed ||
			field.setOn ||
			!['string', 'integer', 'bigInteger', 'boolean', 'uuid'].includes(field.type)
		)
			continue;
		const { value: stored, open } = resolve(name, value, item, { model, ids });
		// It refers to what is not there yet, so it cannot be there itself.
		if (open !== null && !UUID.test(String(value))) return null;
		if (stored === null || typeof stored === 'object') continue;
		conditions.push({ [name]: { _eq: stored } });
	}
	return conditions.length === 0 ? null : { _and: conditions };
}

function isSame(item: Row, row: Row, model: SeedCollection, ids: Ids): boolean {
	return Object.entries(item).every(([name, value]) => {
		const field = model.fields.get(name);
		if (!field || field.concealed || field.setOn || field.type === 'alias') return true;
		return sameStored(field.type, row[name], resolve(name, value, item, { model, ids }).value);
	});
}

/** Keys of files that have other bytes than their seeds. Those of the same size are read, since Directus keeps no digest. */
async function findOtherBytes(
	instance: Connection,
	bytes: ReadonlyMap<string, string>,
	known: ReadonlyMap<string, string>,
	rows: ReadonlyMap<string, Row>,
): Promise<Set<string>> {
	const other = new Set<string>();
	await atOnce([...bytes], 4, async ([syncId, path]) => {
		const key = known.get(syncId);
		const row = key === undefined ? undefined : rows.get(key);
		if (key === undefined || !row) return;
		const wanted = await readFile(path);
		if (Number(row['filesize']) !== wanted.byteLength) other.add(key);
		else {
			const stored = await instance.ask<ArrayBuffer>('GET', `/assets/${key}`, { asBytes: true });
			if (!wanted.equals(new Uint8Array(stored))) other.add(key);
		}
	});
	return other;
}
