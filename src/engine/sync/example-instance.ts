import type { DeletePolicy } from '../../core/vocabulary.js';
import type { CompiledSyncRule } from '../../core/sync/compile-sync-rules.js';
import { syncApply, WAITING } from '../../core/sync/messages.js';
import type { ClaimedDelivery } from '../ports.js';
import type { RemoteSource } from '../stored.js';
import { applyChanges } from './apply-changes.js';
import type { ApplyTransaction, Intake } from './apply-ports.js';
import { EXAMPLE_MODELS, ExampleDatabase } from './example-database.js';
import { planSync } from './plan-sync.js';
import { VersionMoved } from '../../core/sync/row-version.js';
import { openSyncChannel } from './sync-channel.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What all instances of a network share. */
export interface ExampleTime {
	now(): number;
	id(): string;
}

/** One instance with its database, planning, sending and taking in by the product's own use cases. */
export class ExampleInstance {
	readonly database: ExampleDatabase;
	readonly links: ExampleInstance[] = [];
	/** By link, what is owed, oldest first. */
	owed = new Map<string, ClaimedDelivery[]>();
	failed: string[] = [];
	sent = 0;

	readonly id: string;
	private readonly time: ExampleTime;
	private readonly onDelete: DeletePolicy;

	constructor(id: string, time: ExampleTime, onDelete: DeletePolicy, firstKey: number) {
		this.id = id;
		this.time = time;
		this.onDelete = onDelete;
		this.database = new ExampleDatabase(firstKey);
	}

	#rules = new Map<string, CompiledSyncRule[]>();
	#rulesOf = (collection: string): CompiledSyncRule[] => {
		const rules = this.#rules.get(collection) ?? this.#makeRules(collection);
		this.#rules.set(collection, rules);
		return rules;
	};

	#makeRules(collection: string): CompiledSyncRule[] {
		const model = EXAMPLE_MODELS.get(collection);
		if (!model) return [];
		const references = new Map(
			[...model.fields.values()].flatMap(({ field, kind, related }) =>
				kind === 'value' ? [] : [[field, { use: 'follow' as const, collections: related ? [related] : [] }] as const],
			),
		);
		return this.links.map(({ id }) => ({
			hash: collection,
			target: id,
			index: 0,
			model,
			references,
			follows: null,
			onlyReferenced: false,
			rule: {
				collection,
				fields: ['*'],
				direction: 'both',
				conflict: 'newest',
				on_delete_conflict: this.onDelete,
				references: {},
				rewrite_ids: [],
				...(model.match ? { match: [...model.match] } : {}),
			} as unknown as CompiledSyncRule['rule'],
		}));
	}

	/** Plans all changes that are not planned yet; false where something moved meanwhile. */
	async plan(): Promise<boolean> {
		const { database } = this;
		const changes = [...database.contents.outbox];
		try {
			const plan = await planSync(
				changes.map((change) => ({
					...change,
					user: null,
					before: null,
					between: null,
					beforeRelated: null,
					absent: false,
				})),
				{
					instance: this.id,
					reads: database.reads,
					identityOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
					newId: this.time.id,
					rulesOf: this.#rulesOf,
					modelOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
					referring: (collection) =>
						[...EXAMPLE_MODELS].flatMap(([name, { fields }]) =>
							[...fields.values()].some(({ related }) => related === collection) ? [name] : [],
						),
					peer: (target) => target,
					matching: async (_collection, keys) => new Set(keys),
					keys: async (collection) => [...database.table(collection).keys()],
				},
			);
			await database.transaction(async () => {
				database.contents.outbox = database.contents.outbox.filter((one) => !changes.some(({ id }) => id === one.id));
				database.addIds(plan.ids.added, plan.ids.moved);
				database.writeVersions(plan.versions);
			});
			for (const delivery of plan.deliveries) {
				const owed = this.owed.get(delivery.target) ?? [];
				this.owed.set(delivery.target, owed);
				const known = owed.find(
					({ collection, item, from }) =>
						collection === delivery.collection && item === delivery.item && from === 'pending',
				);
				if (known) continue;
				owed.push({
					...delivery,
					id: this.time.id(),
					status: 'pending',
					createdAt: 0,
					nextAt: 0,
					deliveredAt: null,
					tries: 0,
					batch: null,
					batches: [],
					error: null,
					from: 'pending',
					named: false,
				} as ClaimedDelivery);
			}
			return true;
		} catch (error) {
			if (error instanceof VersionMoved || String(error).includes('downstream_sync_ids')) return false;
			throw error;
		}
	}

	/** Sends some of what it owes another one; the answer may get lost on the way. */
	async send(to: ExampleInstance, { most = Infinity, loses = false } = {}): Promise<void> {
		const owed = this.owed.get(to.id) ?? [];
		const claimed = owed.splice(0, most);
		if (claimed.length === 0) return;
		const source = {
			id: to.id,
			kind: 'sync',
			status: 'published',
			name: to.id,
			url: `http://${to.id}`,
			rules: [],
			issues: [],
			options: {
				batch_size: 500,
				timeout_ms: 1e3,
			},
			apiKey: async () => null,
		} as unknown as RemoteSource;
		const channel = await openSyncChannel(source, {
			clock: { ...this.time, random: () => 0.5 },
			logger: silent,
			instance: this.id,
			reads: this.database.reads,
			identityOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
			ruleOf: ({ collection, target }) => this.#rulesOf(collection).find((rule) => rule.target === target) ?? null,
			partial: () => new Set(),
			sendFile: async () => {},
			peer: (target) => target,
			isPlain: async () => false,
			met: async () => {},
			held: async () => new Map(),
			brake: async () => new Map(),
			refused: () => {},
			holdOn: () => null,
			offered: () => {},
			attempted: () => {},
			hurryWaiting: async () => {},
			parked: async (_target, items) =>
				new Map(
					items.flatMap(({ collection, item }) =>
						this.failed.flatMap((failed) =>
							failed.startsWith(`${collection} ${item}:`) ? [[`${collection}/${item}`, failed] as const] : [],
						),
					),
				),
			arrived: async () => {},
			contact: async () => ({ lastSuccessAt: null, comparedAt: null }),
			send: async ({ body }) => {
				const request = syncApply.parse(JSON.parse(String(body)));
				const results = await to.takeIn(request.from, request.changes);
				this.sent += request.changes.length;
				if (loses) throw new Error('the connection was cut');
				return { status: 200, headers: {}, body: JSON.stringify({ data: { instance: to.id, results } }) };
			},
		} as Parameters<typeof openSyncChannel>[1]);
		for (const group of await channel.group(claimed)) {
			const { results } = await channel.deliver(group, () => {});
			for (const { deliveries, verdict } of results)
				for (const delivery of deliveries) {
					if (verdict.kind === 'retry')
						owed.push({ ...delivery, from: 'retrying', tries: delivery.tries + 1, error: verdict });
					else if (verdict.kind !== 'delivered')
						this.failed.push(`${delivery.collection} ${delivery.item}: ${verdict.code} ${verdict.message}`);
				}
		}
	}

	/** Whether anything that it owes waits for something that never comes. */
	get waits(): string[] {
		return [...this.owed].flatMap(([to, owed]) =>
			owed.map(({ collection, item, error }) => `${to}: ${collection} ${item} ${error?.message ?? WAITING}`),
		);
	}

	async takeIn(from: string, changes: Parameters<typeof applyChanges>[0]) {
		const { database, time } = this;
		const everything = new Set(['*']);
		const transaction = (): ApplyTransaction => ({
			reads: database.reads,
			openConflicts: async (versions) =>
				database.contents.conflicts.filter(({ version, status }) => status === 'open' && versions.includes(version)),
			// Nobody decides anything here, and no value has to be unique.
			openRivalries: () => Promise.resolve([]),
			takeOver: () => Promise.reject(new Error('nobody decides here')),
			decide: () => Promise.resolve(false),
			create: async (collection, values) => {
				await database.meanwhile();
				return database.create(collection, values, time.now());
			},
			update: async (collection, keys, values) => {
				for (const key of keys) database.update(collection, key, values, time.now());
			},
			remove: async (collection, keys) => {
				for (const key of keys) database.remove(collection, key, time.now());
			},
			keepIds: async (added, moved) => database.addIds(added, moved),
			keep: async ({ versions, conflicts, closed, touched }) => {
				database.writeVersions(versions);
				database.contents.conflicts = [
					...database.contents.conflicts.filter(({ id }) => !closed.includes(id)),
					...conflicts,
				];
				for (const { collection, key } of touched) database.touch(collection, key, time.now());
			},
		});
		return applyChanges(
			changes,
			{ instance: from, run: 'run' },
			{
				instance: this.id,
				now: time.now,
				newId: time.id,
				identityOf: (collection) => EXAMPLE_MODELS.get(collection) ?? null,
				intakeOf: (collection): Intake | null => {
					const model = EXAMPLE_MODELS.get(collection);
					const match = [...(model?.match ?? [])];
					return model ? { model, conflict: 'newest', onDelete: this.onDelete, match, userFallback: null } : null;
				},
				accessOf: () => ({ create: everything, update: everything, delete: true }),
				target: from,
				storage: 'local',
				records: () => true,
				targetsOf: (instances) => this.links.flatMap(({ id }) => (instances.includes(id) ? [id] : [])),
				transaction: (_collection, work) => database.transaction(() => work(transaction())),
			},
		);
	}
}
