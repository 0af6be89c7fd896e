import type { DatabaseKind } from '../kit/database-servers.js';
import type { Directus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { randomFrom } from '../kit/random.js';
import { pause } from '../kit/wait.js';
import { editOf, type Editor } from './sync-edits.js';
import { everydayEdit } from './sync-everyday.js';
import { evidenceOf, hitNothing } from './sync-evidence.js';
import { differences, lost, type Ledger } from './sync-ledger.js';
import {
	backUp,
	makeNotesAgain,
	restore,
	settleByHand,
	startACopy,
	untilSent,
	writtenToACopy,
} from './sync-mishaps.js';
import { readWorld, SHAPES } from './sync-rows.js';
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
	/** With what happens to people: `sync-everyday.ts` and `sync-mishaps.ts`. */
	everyday?: boolean;
	/** Any integer; the same one draws the same edits and accidents, though not the same moments. */
	seed: number;
	say?: (line: string) => void;
}

/** What came of it; four empty lists where the promise was kept. */
export interface SyncChaosResult {
	/** Between the first instance and each other one. */
	different: string[];
	/** What somebody was told is done, and is not. */
	lost: string[];
	/** What each instance knows of the rows of which something is lost. */
	evidence: string[];
	/** Deliveries that were given up, and edits that were answered with a failure of the server. */
	failed: string[];
	/** Rows that are there twice. */
	duplicated: string[];
	/** Processes that ended by themselves. */
	exits: number;
	/** Rows that were refused with a reason, rows that a repair found, and rows about which somebody is asked. */
	parked: number;
	repaired: number;
	asked: number;
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
	const { seed, everyday = false, say = () => {} } = options;
	const random = randomFrom(seed);
	const ledger: Ledger = { tried: [], deleted: [], killed: [] };
	const world = await buildSyncWorld(options);
	const { instances, links } = world;
	try {
		let words = 0;
		const editors = instances.flatMap((directus, instance) =>
			Array.from({ length: EDITORS }, (_, one): Editor => {
				const own = randomFrom(Math.floor(random() * 2 ** 31));
				return {
					directus,
					instance,
					isFirst: one === 0,
					random: own,
					word: () => `${'abc'[instance]}${++words}`,
					ledger,
				};
			}),
		);
		const perChange = await changeOneByOne(world, editors);
		say(`one by one: ${perChange.join(', ')} deliveries per change`);
		const answers = { acknowledged: 0, refused: 0, failed: [] as string[] };
		const ready = instances.map(() => true);
		let left = options.edits;
		let isDisturbed = true;
		const edit = everyday ? everydayEdit : editOf([]);
		const editing = editors.map(async (editor) => {
			// Whatever happens, it happens while people edit.
			while (left > 0 || isDisturbed) {
				if (!ready[editor.instance]) {
					await pause(100);
					continue;
				}
				left -= 1;
				await edit(editor).then(
					() => (answers.acknowledged += 1),
					(error: unknown) => {
						answers.refused += 1;
						const { status, message } = error as { status?: number; message: string };
						if (status !== undefined && status >= 500) answers.failed.push(`at ${editor.directus.url}: ${message}`);
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
		say(`${answers.acknowledged} edits done, ${answers.refused} refused; waiting until all is quiet`);
		const requests = await untilQuietAndConfirmed(instances).catch((error: Error) => {
			answers.failed.push(error.message);
			return [];
		});
		const quietAfterMs = Date.now() - ended;
		const settled = everyday
			? await settleByHand(world, say).catch((error: Error) => {
					answers.failed.push(error.message);
					return null;
				})
			: null;
		const worlds = await Promise.all(instances.map((directus) => readWorld(directus, everyday)));
		const [first = new Map()] = worlds;
		const isAsked = (line: string) => settled?.asked.has(/^[^/]+\/[^. ]+/.exec(line)?.[0] ?? '') ?? false;
		const different = worlds.slice(1).flatMap((other, index) =>
			differences(first, other)
				.filter((line) => !isAsked(line))
				.map((line) => `0 and ${index + 1}: ${line}`),
		);
		const gone = await lost(first, ledger, (value) => hitNothing(instances[value.instance] as Directus, value));
		const over = instances.filter(({ process }) => process.exitCode !== null || process.signalCode !== null);
		const leaked = worlds.flatMap(writtenToACopy);
		return {
			different: [...different, ...leaked],
			lost: gone,
			duplicated: [...first.keys()].filter((row) => row.includes('#') && (row.split('/')[0] ?? '') in SHAPES),
			evidence: await evidenceOf(instances, [...gone, ...different], ledger),
			failed: [...answers.failed, ...(settled?.unexplained ?? []), ...(await failedDeliveries(instances))],
			exits: over.length,
			parked: settled?.parked ?? 0,
			repaired: settled?.repaired ?? 0,
			asked: settled?.asked.size ?? 0,
			acknowledged: answers.acknowledged,
			refused: answers.refused,
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

/** Kills, cuts and mishaps one after the other at random moments, and fixes what it broke. */
async function haveAccidents(
	world: SyncWorld,
	{ kills, cuts, everyday = false }: SyncChaosOptions,
	{ random, ready, ledger, say }: Going,
): Promise<void> {
	const { instances, links } = world;
	const backups: { index: number; backup: string }[] = [];
	const anyInstance = () => Math.floor(random() * instances.length);
	/** Nobody edits an instance that is away, and nobody any until what is known here alone is sent, where that matters. */
	const without = async (index: number, work: (directus: Directus) => Promise<unknown>, sent = false) => {
		ready[index] = false;
		await pause(300);
		if (sent) {
			ready.fill(false);
			await untilSent(instances[index] as Directus);
			for (const other of ready.keys()) ready[other] = other !== index;
		}
		await work(instances[index] as Directus);
		ready[index] = true;
	};
	const happen: Record<string, () => Promise<void>> = {
		async kill() {
			const index = anyInstance();
			say(`instance ${index} is killed`);
			ledger.killed.push({ instance: index, at: Date.now() });
			ready[index] = false;
			const directus = instances[index] as Directus;
			await directus.kill9();
			await directus.restart();
			ready[index] = true;
		},
		async cut() {
			const link = links[Math.floor(random() * links.length)];
			say(`${link?.from} is cut off from ${link?.to}`);
			link?.cable.cut();
			await pause(500 + random() * 4_000);
			link?.cable.reconnect();
		},
		async backup() {
			const index = anyInstance();
			say(`instance ${index} is backed up`);
			await without(index, async (directus) => backups.push({ index, backup: await backUp(directus) }));
		},
		async restore() {
			const last = backups.pop();
			if (!last) return;
			say(`instance ${last.index} goes back to its backup`);
			await without(last.index, () => restore(world, last.index, last.backup), true);
		},
		async copy() {
			const index = anyInstance();
			say(`a copy of instance ${index} is started`);
			await without(index, startACopy);
		},
		async again() {
			const index = anyInstance();
			say(`the notes of instance ${index} are made again`);
			await without(index, makeNotesAgain, true);
		},
	};
	const accidents = [...Array<string>(kills).fill('kill'), ...Array<string>(cuts).fill('cut')];
	const drawn = accidents.map((accident) => ({ accident, at: random() }));
	// The backup comes first, and is old when it is needed.
	const mishaps = everyday ? ['backup', 'copy', 'again', 'restore'] : [];
	for (const [index, accident] of mishaps.entries()) drawn.push({ accident, at: (index + random()) / mishaps.length });
	for (const { accident } of drawn.toSorted((a, b) => a.at - b.at)) {
		await pause(300 + random() * 1_500);
		await happen[accident]?.();
	}
}
