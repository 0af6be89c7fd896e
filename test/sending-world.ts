import type { Clock, Items } from '../src/kernel/ports.js';
import type { Row } from '../src/kernel/core/row.js';
import type { Knex } from 'knex';
import { setTimeout as pause } from 'node:timers/promises';
import { v7 } from 'uuid';
import { flushOptions } from '../schema.js';
import { NO_OLD_VALUES } from '../src/delivery/core/old-values.js';
import type { CompiledRule } from '../src/capture/core/watch.js';
import type { WireRequest, WireResponse } from '../src/kernel/core/wire.js';
import { openFlushChannel } from '../src/flush/flush-channel.js';
import type { Settlement } from '../src/delivery/ports.js';
import { sendDue } from '../src/delivery/send.js';
import type { SendPorts } from '../src/delivery/turn.js';
import type { NewDelivery } from '../src/delivery/stored.js';
import type { FlushTarget } from '../src/flush/flush-target.js';
import { latestDeliveries } from '../src/delivery/tables/delivery-latest.js';
import { createDeliveryQueue } from '../src/delivery/tables/delivery-queue.js';
import { addDeliveries } from '../src/delivery/tables/delivery-table.js';
import { migrateTables } from '../src/app/migrations.js';
import {
	createSharedTransaction,
	type JointWrite,
	type SharedTransaction,
} from '../src/kernel/database/shared-transaction.js';
import { RESULTS } from '../src/delivery/tables/delivery-results.js';
import { createTargetStateReader, saveBatchBytes } from '../src/delivery/tables/target-state-table.js';
import { memoryDatabase } from './kit/memory-database.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const TARGET = 'target';

/** Gives an answer, or throws as the client does where none came. */
export type Answer = (request: WireRequest) => Promise<WireResponse> | WireResponse;

/** One target with its tables and its sender, and no Directus: items are a map, and the network is a function. */
export async function sendingWorld(
	options: Record<string, unknown>,
	answer: Answer,
	/** Purges these paths at Varnish, in place of a webhook. */
	paths: string[] = [],
	/** The process whose lease the target's sender has to hold. */
	node: string | null = null,
) {
	const database: Knex = memoryDatabase();
	const { windows, ...given } = options;
	let ahead = 0;
	let seq = 0;
	let idsAhead = 0;
	let changeId = 0;
	const clock: Clock = {
		now: () => Date.now() + ahead,
		random: () => 0.5,
		id: () => v7({ msecs: 100_000 + idsAhead + seq, seq: seq++ }),
	};
	await migrateTables(database, clock, silent);
	const items = new Map<string, Row>();
	const rule = {
		rule: { collection: 'posts', payload: ['id', 'title'], events: ['create', 'update', 'delete'], paths },
		payload: ['id', 'title'],
		primary: 'id',
		numericKey: false,
		reads: ['id', 'title'],
		templatePaths: [],
		templateReads: [],
		readsRelations: false,
		hash: 'rule',
		target: TARGET,
	} as unknown as CompiledRule;
	const target: FlushTarget = {
		id: TARGET,
		// Only remotes have hours in which they are sent to.
		kind: (windows ? 'sync' : 'flush') as 'flush',
		status: 'published',
		name: 'Site',
		url: 'http://site.test/',
		adapter: paths.length > 0 ? 'varnish' : 'webhook',
		authHeader: 'bearer',
		options: {
			...flushOptions.parse({ max_wait_ms: 0, retry: { tries: 100, min_ms: 1, max_ms: 5 }, ...given }),
			...(windows ? { windows } : {}),
			...(paths.length > 0 ? { method: 'purge' } : {}),
		},
		rules: [rule],
		issues: [],
		secrets: async () => ({ apiKey: null, signing: [] }),
	};
	const shared = createSharedTransaction(database);
	const failures: Error[] = [];
	const together: SharedTransaction = Object.assign(<T>(work: (transaction: Knex) => Promise<T>) => shared(work), {
		async joined<Input, Given>(kind: JointWrite<Input, Given>, input: Input): Promise<Given> {
			const failure = (kind as unknown) === RESULTS ? failures.shift() : undefined;
			if (failure) throw failure;
			return shared.joined(kind, input);
		},
	});
	const queue = createDeliveryQueue(database, together, node);
	const read = createTargetStateReader(database);
	const requests: WireRequest[] = [];
	const settled: Settlement[] = [];
	const reads: Items = {
		read: async (_collection: string, keys: string[]) =>
			new Map(keys.flatMap((key) => (items.has(key) ? [[key, { ...items.get(key) } as Row]] : []))),
	} as unknown as Items;
	const ports: SendPorts = {
		clock,
		queue,
		target: () => target,
		open: (_target, allowed) =>
			openFlushChannel(
				target,
				{
					clock,
					logger: silent,
					items: reads,
					delivered() {},
					ruleOf: async (delivery) => (delivery.rule === null ? null : rule),
					send: async (request) => {
						requests.push(request);
						return answer(request);
					},
					attempted() {},
					knownBytes: async () => (await read(TARGET)).batchBytes,
					learnBytes: (id, bytes) => saveBatchBytes(database, id, bytes),
					latest: (id, asked) => latestDeliveries(database, id, asked),
					nameBatches: (groups) => queue.nameBatches(groups),
					beforeRead: async () => {},
					pathsOf: async () => new Map(),
				},
				allowed,
			),
		state: read,
		pause: async () => {},
		settled: async (_target, _health, settlements) => void settled.push(...settlements),
		slots: { take: () => true, give() {} },
		allowances: new Map(),
	};
	const add = (changes: { item: string; event: 'create' | 'update' | 'delete' }[], operation: string | null = null) =>
		database.transaction((transaction) =>
			addDeliveries(
				transaction,
				changes.map(({ item, event }): NewDelivery => ({
					kind: 'flush',
					target: TARGET,
					collection: 'posts',
					item,
					event,
					rule: 'rule',
					reason: '',
					old: NO_OLD_VALUES,
					asItWas: event === 'delete',
					changedAt: clock.now(),
					changeId: operation === null ? ++changeId : null,
					nextAt: clock.now(),
					user: null,
					trace: null,
					operation,
				})),
				clock.id,
				clock.now(),
			),
		);
	return {
		database,
		clock,
		items,
		requests,
		settled,
		queue,
		add,
		rows: (): Promise<Row[]> => database('downstream_deliveries').orderBy('id'),
		attempts: (): Promise<Row[]> => database('downstream_attempts').orderBy(['at', 'id']),
		health: async () => (await read(TARGET)).health,
		known: async () => (await read(TARGET)).batchBytes,
		/** Sends what is due until nothing is, moving the clock to whatever will be due next. */
		async drain(isOver: () => boolean = () => true): Promise<void> {
			for (;;) {
				const nextAt = await sendDue(
					TARGET,
					ports,
					() => false,
					() => {},
				).catch(async () => {
					await queue.recover(TARGET);
					return clock.now();
				});
				if (nextAt !== null) ahead += Math.max(0, nextAt - clock.now());
				else if (isOver()) return;
				else await pause(1);
			}
		},
		/** One turn of the sender, and what wakes it meanwhile. */
		turn(
			listen: (woken: () => boolean) => void = () => {},
			stopping = () => false,
			holds = () => true,
		): Promise<number | null> {
			return sendDue(TARGET, ports, stopping, listen, holds);
		},
		/** The next results that are written fail with these, one each. */
		failWrites: (...errors: Error[]) => void failures.push(...errors),
		skip: (ms: number) => void (ahead += ms),
		/** From now on ids are made by a node whose clock is so many ms off. */
		makeIdsBy: (offMs: number) => void (idsAhead = offMs),
		stop: () => database.destroy(),
	};
}
