import { startDirectus, type Directus } from '../kit/directus.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import type { DirectusVersion } from '../kit/playground.js';
import { randomFrom } from '../kit/random.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { pause, until } from '../kit/wait.js';
import { createMany, MUTATIONS, type Hands } from './mutations.js';
import { judge, keepLedger, readLedger, WATCHED, type Heard, type Judgement } from './truth.js';

/** How often to kill what, and what to draw the accidents from. */
export interface KillOptions {
	kills: number;
	version: DirectusVersion;
	database: DatabaseKind;
	/** Any integer; the same one draws the same mutations and the same moments. */
	seed: number;
	/** Further settings, such as where Redis is. */
	env?: Record<string, string>;
	/** Told of every kill. */
	say?: (line: string) => void;
}

/** What came of it: the judgement, and that the accidents were of every kind. */
export interface KillResult extends Judgement {
	/** How many mutations of each kind were answered with success. */
	acknowledged: Record<string, number>;
	/** Kills while a mutation was on its way, while the receiver was being told, right after the answer to 300 items, and so on. */
	killed: { inMutation: number; inDelivery: number; after300: number; whileFailing: number };
}

const WRITERS = 8;

/**
 * Kills Directus again and again in the middle of mixed mutations, starts it again on the same database, and at the end
 * compares what was committed with what was delivered. Throws where Directus does not come up again, or the backlog
 * does not drain.
 */
export async function killAgainAndAgain({
	kills,
	version,
	database,
	seed,
	env = {},
	say,
}: KillOptions): Promise<KillResult> {
	const random = randomFrom(seed);
	const heard: Heard[] = [];
	let failing = false;
	const receiver = await startReceiver({
		respond: (request) => {
			const accepted = !failing || random() < 0.5;
			heard.push({ request, accepted });
			return accepted ? { delayMs: Math.floor(random() * 20) } : { status: 503 };
		},
	});
	const directus = await startDirectus({ version, database, content: true, env });
	try {
		await keepLedger(directus.sql, database);
		await createTarget(directus, receiver);
		const hands = Array.from({ length: WRITERS }, (_, writer): Hands => {
			let written = 0;
			return {
				value: () => `w${writer}-${++written}`,
				pick: (count) => Math.floor(random() * count),
				posts: [],
				articles: [],
			};
		});
		const acknowledged: Record<string, number> = {};
		const killed = { inMutation: 0, inDelivery: 0, after300: 0, whileFailing: 0 };
		const killedAt: number[] = [];
		for (let round = 1; round <= kills; round++) {
			failing = round % 3 === 0;
			let over = false;
			const tellsOf300 = round % 10 === 0;
			const waitsForDelivery = round % 4 === 1;
			const before = heard.length;
			let pending = 0;
			const writers = hands.map(async (own) => {
				while (!over) {
					const names = Object.keys(MUTATIONS);
					const name = names[Math.floor(random() * names.length)] ?? 'single';
					try {
						pending++;
						await MUTATIONS[name]?.(directus, own);
						acknowledged[name] = (acknowledged[name] ?? 0) + 1;
					} catch (error) {
						if (!over || (error as { status?: number }).status !== undefined) throw error;
					} finally {
						pending--;
					}
					// Where the kill waits for a delivery, seconds may pass: the database need not grow all that time.
					if (waitsForDelivery) await pause(150 * random());
				}
			});
			// A writer that fails before its time ends the run; until then nobody waits for it.
			const failure = Promise.all(writers).then(() => {});
			failure.catch(() => {});
			const moment = tellsOf300
				? createMany(directus, hands[0] as Hands, 300)
				: waitsForDelivery
					? untilDelivering(directus, heard, before).then(() => pause(random() * 60))
					: pause(50 + random() * 350);
			await Promise.race([moment, failure]);
			over = true;
			killed.inMutation += Number(pending > 0);
			killed.inDelivery += Number(receiver.open > 0);
			killed.after300 += Number(tellsOf300);
			killed.whileFailing += Number(failing);
			killedAt.push(Date.now());
			say?.(
				`kill ${round}: ${pending} mutations and ${receiver.open} deliveries on their way, ${heard.length} requests`,
			);
			await directus.kill9();
			await failure;
			await directus.restart();
		}
		failing = false;
		await drained(directus);
		return { ...judge(await readLedger(directus.sql), heard, killedAt), acknowledged, killed };
	} finally {
		await directus.stop();
		await receiver.stop();
	}
}

async function createTarget(directus: Directus, receiver: Receiver): Promise<void> {
	await directus.request('POST', '/items/cache_flush_targets', {
		name: 'Chaos',
		status: 'published',
		url: `${receiver.url}/flush`,
		schema: Object.entries(WATCHED).map(([collection, field]) => ({
			collection,
			events: ['create', 'update', 'delete'],
			payload: ['id', field],
		})),
		options: { batch_size: 50, max_wait_ms: 20, retry: { tries: 100, min_ms: 50, max_ms: 500 } },
	});
}

/** A new process may have to wait until the dead one's lease has run out (10 s); a busy machine makes more of that. */
async function untilDelivering(directus: Directus, heard: Heard[], before: number): Promise<void> {
	let told: unknown;
	const wait = until(() => heard.length > before, {
		timeout: 60_000,
		interval: 5,
		message: () => `a delivery after the last kill: ${JSON.stringify(told)}`,
	});
	const asking = setInterval(
		() =>
			void directus
				.data('GET', '/downstream/status')
				.then((status) => (told = status))
				.catch(() => {}),
		5_000,
	);
	await wait.finally(() => clearInterval(asking));
}

interface Told {
	outbox: { pending: number };
	deliveries: Record<'pending' | 'sending' | 'retrying', number>;
}

async function drained(directus: Directus): Promise<void> {
	let last: Told | undefined;
	await until(
		async () => {
			last = await directus.data<Told>('GET', '/downstream/status');
			const { pending, sending, retrying } = last.deliveries;
			return last.outbox.pending + pending + sending + retrying === 0;
		},
		{ timeout: 120_000, interval: 200, message: () => `the backlog to drain: ${JSON.stringify(last)}` },
	);
}
