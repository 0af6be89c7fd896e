import { partsOfSize } from '../../kernel/core/parts-of-size.js';
import { countLeftOut, countRow, newPreview, previewRow } from '../core/compare/preview-counts.js';
import type { BackfillPreview } from '../../contract/answers/sync.js';
import type { CollectionPreview, PreviewRow } from '../../contract/answers/previews.js';
import { referredFirst } from '../core/wire/referred-first.js';
import type { RemoteSource } from '../remote-source.js';
import { countRows, rowsAfter } from '../rows/sync-rows.js';
import type { SyncPorts } from '../sync-ports.js';
import { ownRules, receives, sends } from './sync-runs.js';
import { nameReferences } from '../promote/name-references.js';
import { askTogether, OutgoingSet, type OutgoingRow } from '../promote/take-in-together.js';

/** Rows that are looked at in one step, and that the other side is asked about in one request. */
const CHUNK = 500;
const MOST_BYTES = 1024 * 1024;

/** How many changing rows of each request are shown with their fields. */
const SHOWN = 20;

/** What rows would come to there, step by step; nothing is stored here, and nothing is written there. */
export function openPreview(
	ports: SyncPorts<
		'clock' | 'database' | 'getSchema' | 'http',
		'identityOf' | 'instance' | 'peer' | 'previewPorts' | 'reads'
	>,
	source: RemoteSource,
	{ isEverything }: { isEverything: boolean },
) {
	const { sync, clock } = ports;
	const set = new OutgoingSet(ports, source, { operation: clock.id(), isEverything, peer: sync.peer(source.id) });
	const previews = new Map<string, CollectionPreview>();
	const sent = new Set<string>();
	const of = (collection: string, total = 0) => {
		const known = previews.get(collection) ?? newPreview(collection, total);
		previews.set(collection, known);
		return known;
	};

	async function ask(rows: OutgoingRow[]): Promise<void> {
		for (const { collection, code, message } of rows)
			if (code !== undefined) countLeftOut(of(collection), { code, message: message ?? '' });
		const going = rows.flatMap(({ item, change }) => (change ? [{ item, change }] : []));
		for (const { change } of going) sent.add(`${change.collection}/${change.sync_id}`);
		const bytes = ({ change }: (typeof going)[number]) => Buffer.byteLength(JSON.stringify(change));
		for (const part of partsOfSize(going, { rows: CHUNK, bytes: MOST_BYTES }, bytes)) {
			const changes = part.map(({ change }) => change);
			const { rows: outcomes } = await askTogether(ports, source, { changes, dry_run: true, shown: SHOWN });
			const byRow = new Map(outcomes.map((one) => [`${one.collection}/${one.sync_id}`, one]));
			for (const one of part) {
				const outcome = byRow.get(`${one.change.collection}/${one.change.sync_id}`);
				if (!outcome) continue;
				const isComing = (place: { collection: string; sync_id: string }) =>
					sent.has(`${place.collection}/${place.sync_id}`);
				countRow(of(outcome.collection), previewRow(outcome, one, isComing));
			}
		}
	}

	return {
		of,
		async look(collection: string, keys: string[]): Promise<void> {
			await ask(await set.add([{ collection, keys }]));
		},
		/** What was found, with the names of the items that its examples refer to. */
		async result(): Promise<CollectionPreview[]> {
			for (const { examples } of previews.values())
				for (const [kind, rows] of Object.entries(examples) as [keyof typeof examples, PreviewRow[]][])
					examples[kind] = await nameReferences(ports, source, { set, rows });
			return [...previews.values()];
		},
	};
}

/** What a backfill would do: how many rows would be made, changed, recognised or refused, and examples of each. */
export async function previewBackfill(
	ports: SyncPorts<
		'clock' | 'database' | 'getSchema' | 'http',
		'ensureFits' | 'identityOf' | 'instance' | 'meet' | 'peer' | 'previewPorts' | 'reads'
	>,
	source: RemoteSource,
	{ only, most }: { only: string[] | undefined; most: number },
): Promise<BackfillPreview> {
	const { database, sync } = ports;
	await sync.meet(source);
	await sync.ensureFits(source);
	const schema = await ports.getSchema();
	const preview = openPreview(ports, source, { isEverything: false });
	const rules = ownRules(source, only);
	for (const { rule } of referredFirst(rules.filter(sends))) {
		const { collection } = rule;
		const primary = schema.collections[collection]?.primary;
		if (primary === undefined) continue;
		const counted = preview.of(collection, await countRows(database, collection));
		for (let after: unknown = null; counted.looked < most;) {
			const limit = Math.min(CHUNK, most - counted.looked);
			const rows = await rowsAfter({ database, schema }, { collection, primary, columns: [] }, after, limit);
			counted.looked += rows.length;
			await preview.look(
				collection,
				rows.map((row) => String(row[primary])),
			);
			after = rows.at(-1)?.[primary];
			if (rows.length < limit) break;
		}
	}
	return {
		dry_run: true,
		collections: await preview.result(),
		asks: rules.filter(receives).map(({ rule }) => rule.collection),
	};
}
