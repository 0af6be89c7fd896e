import type { DatabaseKind } from '../kit/database-servers.js';
import type { Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { randomFrom } from '../kit/random.js';
import { pause } from '../kit/wait.js';
import { edit, type Editor } from './sync-edits.js';
import { evidenceOf, hitNothing } from './sync-evidence.js';
import { differences, lost, type Ledger } from './sync-ledger.js';
import { readWorld } from './sync-rows.js';
import {
	buildSyncWorld,
	deliveriesOf,
	failedDeliveries,
	untilQuiet,
	untilQuietAndConfirmed,
	type OnDelete,
	type SyncWorld,
	type Topology,
} from './sync-world.js';

/** How much of what to do to three linked instances. */
export interface SyncChaosOptions {
	version: DirectusVersion;
	databases: DatabaseKind[];
	topology: Topology;
	onDelete: OnDelete;
	/** Over all instances. */
	edits: number;
	kills: number;
	cuts: number;
	/** Any integer; the same one draws the same edits and accidents, though not the same moments. */
	seed: number;
	say?: (line: string) => void;
}

/** What came of it; three empty lists where the promise was kept. */
export interface SyncChaosResult {
	/** Between the first instance and each other one. */
	different: string[];
	/** What somebody was told is done, and is not. */
	lost: string[];
	/** What each instance knows of the rows of which something is lost. */
	evidence: string[];
	/** Deliveries that were given up, and edits that were answered with a failure of the server. */
	failed: string[];
	acknowledged: number;
	refused: number;
	deliveries: number;
	requests: number;
	quietAfterMs: number;
	/** Deliveries for each single change while nothing was disturbed. */
	perChange: number[];
}

const EDITORS = 2;

/**
 * Edits three linked instances at the same time, kills them and cuts their network meanwhile, and looks at what has
 * become of it when nobody owes anybody anything any more.
 */
export async function disturbSync(options: SyncChaosOptions): Promise<SyncChaosResult> {
	const { seed, say = () => {} } = options;
	const random = randomFrom(seed);
	const ledger: Ledger = { tried: [], deleted: [], killed: [] };
	const world = await buildSyncWorld(options);
	const { instances, links } = world;
	try {
		let words = 0;
		const editors = instances.flatMap((directus, instance) =>
			Array.from({ length: EDITORS }, (): Editor => {
				const own = randomFrom(Math.floor(random() * 2 ** 31));
				return { directus, instance, random: own, word: () => `${'abc'[instance]}${++words}`, ledger };
			}),
		);
		const perChange = await changeOneByOne(world, editors);
		say(`one by one: ${perChange.join(', ')} deliveries per change`);
		const told = { acknowledged: 0, refused: 0, failed: [] as string[] };
		const ready = instances.map(() => true);
		let left = options.edits;
		let isDisturbed = true;
		const editing = editors.map(async (editor) => {
			// Whatever happens, it happens while people edit.
			while (left > 0 || isDisturbed) {
				if (!ready[editor.instance]) {
					await pause(100);
					continue;
				}
				left -= 1;
				await edit(editor).then(
					() => (told.acknowledged += 1),
					(error: unknown) => {
						told.refused += 1;
						const { status, message } = error as { status?: number; message: string };
						if (status !== undefined && status >= 500) told.failed.push(`at ${editor.directus.url}: ${message}`);
					},
				);
				await pause(editor.random() * (left > 0 ? 60 : 400));
			}
		});
		const accidents = haveAccidents(world, options, { random, ready, ledger, say }).finally(
			() => (isDisturbed = false),
		);
		await Promise.all([...editing, accidents]);
		const ended = Date.now();
		say(`${told.acknowledged} edits done, ${told.refused} refused; waiting until all is quiet`);
		const requests = await untilQuietAndConfirmed(instances).catch((error: Error) => {
			told.failed.push(error.message);
			return [];
		});
		const quietAfterMs = Date.now() - ended;
		const worlds = await Promise.all(instances.map(readWorld));
		const [first = new Map()] = worlds;
		const different = worlds
			.slice(1)
			.flatMap((other, index) => differences(first, other).map((line) => `0 and ${index + 1}: ${line}`));
		const gone = await lost(first, ledger, (value) => hitNothing(instances[value.instance] as Directus, value));
		return {
			different,
			lost: gone,
			evidence: await evidenceOf(instances, [...gone, ...different], ledger),
			failed: [...told.failed, ...(await failedDeliveries(instances))],
			acknowledged: told.acknowledged,
			refused: told.refused,
			deliveries: await deliveriesOf(instances),
			requests: requests.reduce((sum, count) => sum + count, 0),
			quietAfterMs,
			perChange,
		};
	} finally {
		for (const { cable } of links) cable.reconnect();
		await world.stop();
	}
}

/** One row is created, edited, and deleted on each instance in turn; how many deliveries each of these comes to. */
async function changeOneByOne({ instances }: SyncWorld, editors: Editor[]): Promise<number[]> {
	const counts: number[] = [];
	const count = async (change: () => Promise<unknown>) => {
		const before = await deliveriesOf(instances);
		await change();
		await untilQuiet(instances);
		counts.push((await deliveriesOf(instances)) - before);
	};
	for (const { directus, word } of editors.filter((_, index) => index % EDITORS === 0)) {
		let id = 0;
		const slug = word();
		await count(async () => ({ id } = await directus.data<{ id: number }>('POST', '/items/posts', { slug })));
		await count(() => directus.request('PATCH', `/items/posts/${id}`, { title: 'changed' }));
		await count(() => directus.request('DELETE', `/items/posts/${id}`));
	}
	return counts;
}

interface Going {
	random(): number;
	/** Which instances can be edited. */
	ready: boolean[];
	ledger: Ledger;
	say(line: string): void;
}

/** Kills and cuts one after the other at random moments, and fixes what it broke. */
async function haveAccidents(
	{ instances, links }: SyncWorld,
	{ kills, cuts }: SyncChaosOptions,
	{ random, ready, ledger, say }: Going,
): Promise<void> {
	const accidents = [...Array<string>(kills).fill('kill'), ...Array<string>(cuts).fill('cut')];
	while (accidents.length > 0) {
		await pause(300 + random() * 1_500);
		const [accident] = accidents.splice(Math.floor(random() * accidents.length), 1);
		if (accident === 'kill') {
			const index = Math.floor(random() * instances.length);
			say(`instance ${index} is killed`);
			ready[index] = false;
			ledger.killed.push({ instance: index, at: Date.now() });
			const directus = instances[index] as Directus;
			await directus.kill9();
			await directus.restart();
			ready[index] = true;
		} else {
			const link = links[Math.floor(random() * links.length)];
			say(`${link?.from} is cut off from ${link?.to}`);
			link?.cable.cut();
			await pause(500 + random() * 4_000);
			link?.cable.reconnect();
		}
	}
}
