import type { Accountability } from '@directus/types';
import { syncOptions } from '../../../schema.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import { DIGEST_KEY_HEADER, digestKeyOf } from '../core/compare/digest-key.js';
import { MS_HEADER } from '../core/merge/kept-times.js';
import { bucketRows, collectionDigests, syncWelcome } from '../../contract/sync-messages.js';
import { naturalId } from '../core/identity/natural-name.js';
import { PeerError } from '../core/link/peer-error.js';
import { readRemoteSource } from '../core/rules/read-remote-source.js';
import type { SyncIdEntry } from '../core/merge/row-version.js';
import { rulesForCopy } from '../core/rules/rules-for-copy.js';
import { checkRemoteSource } from '../core/rules/validate-remote-source.js';
import { REMOTE_SOURCES } from '../../contract/vocabulary.js';
import { compareCollection } from '../compare/compare.js';
import type { LinkedCopy } from '../../contract/answers/releases.js';
import type { CollectionComparison } from '../../contract/answers/sync.js';
import type { RemoteSource } from '../remote-source.js';
import { askPeer } from '../link/sync-peer.js';
import { rowsAfter } from '../rows/sync-rows.js';
import type { SyncPorts } from '../sync-ports.js';
import { arrivedAt } from '../../identity/tables/place-table.js';
import { keepsMs } from '../../kernel/database/raw-reading.js';
import { addSyncIds, allSyncIds } from '../tables/sync-id-table.js';
import { NotPromoted } from './gather.js';
import { readSyncedPorts } from '../compare/sync-compare.js';

type CopyPorts = Parameters<typeof readSyncedPorts>[0] &
	SyncPorts<'clock' | 'database' | 'getSchema' | 'http' | 'services', 'instance' | 'modelWith'>;

export interface CopyOfAsked {
	url: string;
	apiKey: string;
	name: string;
	only: string[] | undefined;
	dryRun: boolean;
	accountability: Accountability;
}

/**
 * Links this instance, which is a copy, to its original: every item is the one with the same key there, as a comparison
 * by key proves. Items that were made on either side since then have a number by chance, and stay apart. The link is on
 * release only, so that nothing goes to the original unasked.
 */
export async function linkCopy(ports: CopyPorts, asked: CopyOfAsked): Promise<LinkedCopy> {
	const { database, sync, http } = ports;
	const schema = await ports.getSchema();
	const rules = rulesForCopy(schema, asked.only);
	const row = {
		status: 'published',
		name: asked.name,
		url: asked.url,
		schema: rules,
		options: { on_release: true },
	};
	const [issue] = checkRemoteSource(row, schema);
	if (issue) throw new NotPromoted('INVALID_PAYLOAD', `${issue.path}: ${issue.message}`);
	if (rules.length === 0) throw new NotPromoted('NO_RULES', 'there is no collection here that can be synced');
	const source: RemoteSource = {
		...readRemoteSource(row, 'copy', schema),
		options: syncOptions.parse({}),
		apiKey: () => Promise.resolve(asked.apiKey),
	};
	const question = { from: sync.instance(), path: 'hello', body: { collections: [] }, answer: syncWelcome };
	const { instance } = await askPeer(source, question, http);
	if (instance === sync.instance())
		throw new NotPromoted(
			'SAME_INSTANCE',
			'both still have the same name: say here that this is a copy ("downstream identity copy"), and try again',
		);
	const collections: LinkedCopy['collections'] = [];
	const entries: SyncIdEntry[] = [];
	for (const rule of source.rules) {
		if (rule.onlyReferenced) continue;
		const comparison = await compareByKey(ports, source, rule);
		const named = comparison.problem === null ? await namesOf(ports, rule, comparison) : { entries: [], apart: 0 };
		entries.push(...named.entries);
		const short = <T>({ count, rows }: { count: number; rows: T[] }) => ({ count, rows: rows.slice(0, SHOWN) });
		collections.push({
			...comparison,
			different: short(comparison.different),
			missing_here: short(comparison.missing_here),
			missing_there: short(comparison.missing_there),
			by: recognisedBy(rule),
			same: sameItems(comparison, named.apart),
			apart: named.apart,
		});
	}
	const equal = collections.every(
		({ problem, different, missing_here, missing_there }) =>
			problem === null && different.count + missing_here.count + missing_there.count === 0,
	);
	if (asked.dryRun) return { source: null, equal, collections };
	for (const group of inGroupsOf(5_000, entries))
		await database.transaction((transaction) => addSyncIds(transaction, group));
	const service = new ports.services.ItemsService(REMOTE_SOURCES, {
		schema,
		knex: database,
		accountability: asked.accountability,
	});
	const id = String(await service.createOne({ ...row, api_key: asked.apiKey }));
	return { source: id, equal, collections };
}

function recognisedBy({ rule, model: { primary, singleton, junction } }: CompiledSyncRule): string[] {
	if (singleton) return [];
	return junction ? [...junction] : (rule.match ?? [primary]);
}

/** Of what has a key on both sides, what is the same item: not what was made on each since, under one number. */
const sameItems = ({ equal, different, missing_there }: CollectionComparison, apart: number): number =>
	equal + different.count - Math.max(0, apart - missing_there.count);

/** Rows of each kind that are told. */
const SHOWN = 100;

async function compareByKey(
	ports: CopyPorts,
	source: RemoteSource,
	{ rule }: CompiledSyncRule,
): Promise<CollectionComparison> {
	const { database, sync, http } = ports;
	const { collection } = rule;
	const schema = await ports.getSchema();
	// When a row was made tells a row from another one that has got the same number since.
	const made = Object.values(schema.collections[collection]?.fields ?? {}).flatMap(({ field, special }) =>
		special.includes('date-created') ? [field] : [],
	);
	const model = sync.modelWith(collection, ['*', ...made]);
	const digestKey = digestKeyOf((await source.apiKey()) ?? '');
	const headers: Record<string, string> = {
		...(digestKey ? { [DIGEST_KEY_HEADER]: digestKey.name } : {}),
		...(keepsMs(database) ? { [MS_HEADER]: '1' } : {}),
	};
	const ask = <T>(body: Record<string, unknown>, answer: Parameters<typeof askPeer<T>>[1]['answer']) =>
		askPeer(source, { from: sync.instance(), path: 'digests', body: { ...body, by_key: true }, answer, headers }, http);
	const none = { count: 0, rows: [] };
	try {
		if (!model) throw new PeerError('NOT_THERE', `there is no collection "${collection}" here`, 200);
		return await compareCollection(model, {
			...readSyncedPorts(ports),
			byKey: true,
			most: Number.POSITIVE_INFINITY,
			theirs: {
				digests: (name, fields) => ask({ collection: name, fields }, collectionDigests),
				rows: (name, fields, buckets) => ask({ collection: name, fields, buckets }, bucketRows),
			},
			digestKey,
			inScope: null,
		});
	} catch (error) {
		if (!(error instanceof PeerError) || error.status === null || error.status === 401) throw error;
		return {
			collection,
			problem: error.message,
			equal: 0,
			different: none,
			missing_here: none,
			missing_there: none,
			not_compared: [],
		};
	}
}

/** The clock of a database that keeps whole seconds may be behind by one. */
const SECOND_MS = 1_000;

/** Items that were made here since this instance became one of its own, as far as Directus has recorded it. */
async function createdSinceArrival(
	{ database, services, getSchema }: CopyPorts,
	collection: string,
): Promise<string[]> {
	const at = await arrivedAt(database);
	if (at === null) return [];
	const activity = new services.ItemsService('directus_activity', {
		schema: await getSchema(),
		knex: database,
		accountability: null,
	});
	const since = new Date(at - SECOND_MS).toISOString();
	const filter = { action: { _eq: 'create' }, collection: { _eq: collection }, timestamp: { _gte: since } };
	const rows = await activity.readByQuery({ filter, fields: ['item'], limit: -1 }, { emitEvents: false });
	return rows.map(({ item }) => String(item));
}

/** What rows are called from now on that have numbers for keys: those of both sides by their numbers, others apart. */
async function namesOf(
	ports: CopyPorts,
	{ rule, model }: CompiledSyncRule,
	{ different, missing_there }: CollectionComparison,
): Promise<{ entries: SyncIdEntry[]; apart: number }> {
	const { database, clock } = ports;
	const { collection, primary, keyType, singleton, junction } = model;
	if (keyType !== 'integer' || singleton || junction) return { entries: [], apart: 0 };
	const schema = await ports.getSchema();
	const fields = schema.collections[collection]?.fields ?? {};
	const isOther = (field: string) => fields[field]?.special.includes('date-created') === true;
	const apart = new Set([
		...missing_there.rows.map(({ item }) => item),
		...different.rows.filter((one) => one.fields.some(isOther)).map(({ item }) => item),
	]);
	for (const item of await createdSinceArrival(ports, collection)) apart.add(item);
	const by = rule.match ?? [primary];
	const known = await allSyncIds(database, collection);
	const entries: SyncIdEntry[] = [];
	for (let after: unknown = null; ;) {
		const rows = await rowsAfter({ database, schema }, { collection, primary, columns: [] }, after, 5_000);
		for (const row of rows) {
			const key = String(row[primary]);
			if (known.has(key)) continue;
			const syncId = apart.has(key) ? clock.id() : naturalId(collection, { by, values: [key] }, 0);
			entries.push({ collection, syncId, localKey: key });
		}
		after = rows.at(-1)?.[primary];
		if (rows.length < 5_000) return { entries, apart: apart.size };
	}
}
