import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { buildWatch, EMPTY_WATCH, type CompiledRule, type Watch } from '../core/watch.js';
import type { Clock } from '../engine/ports.js';
import { rememberRules } from '../tables/delivery-table.js';
import type { CompiledSyncRule } from '../core/sync/compile-sync-rules.js';
import type { StoredDelivery, Target } from '../engine/stored.js';

/**
 * The targets and rules in force on this node, in memory: the mutation's path only looks them up.
 *
 * A counter in the database changes, in the same transaction, with every change of a target. `stale` says that this
 * node knows of a change that it has not read yet; other nodes notice the counter at their next poll.
 */
export function createRulesInForce(doors: {
	database: Knex;
	clock: Pick<Clock, 'now'>;
	getSchema: () => Promise<SchemaOverview>;
	readTargets: () => Promise<Target[]>;
	ruleByHash: (hash: string, target: string) => Promise<CompiledRule | null>;
	changed: (targets: Target[]) => void;
}) {
	let watch: Watch = EMPTY_WATCH;
	let targets = new Map<string, Target>();
	/** Rules of published remote sources, by collection. */
	let synced = new Map<string, CompiledSyncRule[]>();
	let byHash = new Map<string, CompiledRule>();
	/** Hashes of rules that are in the table. */
	const stored = new Set<string>();
	const older = new Map<string, CompiledRule | null>();
	let loaded: string | null = null;
	let expected: { value: string; at: number } | null = null;
	let loading: Promise<void> | null = null;

	const version = async () =>
		(await doors.database('downstream_meta').where({ key: 'rules' }).first<{ value: string } | undefined>('value'))
			?.value ?? '0';

	async function read(): Promise<void> {
		const found = await version();
		const all = await doors.readTargets();
		const unknown = all
			.flatMap((target): { hash: string; rule: object }[] => target.rules)
			.filter(({ hash }) => !stored.has(hash));
		await rememberRules(doors.database, new Map(unknown.map(({ hash, rule }) => [hash, JSON.stringify(rule)])));
		for (const { hash } of unknown) stored.add(hash);
		const served = all.filter((target) => target.status === 'published' && target.options !== null);
		const rules = served.flatMap((target) => (target.kind === 'flush' ? target.rules : []));
		const syncRules = served.flatMap((target) => (target.kind === 'sync' ? target.rules : []));
		synced = Map.groupBy(syncRules, ({ rule }) => rule.collection);
		watch = buildWatch(rules, await doors.getSchema(), synced.keys());
		targets = new Map(all.map((target) => [target.id, target]));
		byHash = new Map(rules.map((rule) => [`${rule.target}\u0000${rule.hash}`, rule]));
		older.clear();
		loaded = found;
		if (expected?.value === found) expected = null;
		doors.changed(all);
	}

	/** Reads targets and rules again; calls in between share one reading that begins after them. */
	async function reload(): Promise<void> {
		if (loading) await loading.catch(() => {});
		loading ??= read().finally(() => (loading = null));
		await loading;
	}

	return {
		watch: () => watch,
		stale: () => expected !== null || loaded === null,
		reload,
		/** A target is being changed in a transaction that is still open, and the counter with it. */
		expect: (value: string) => void (expected = { value, at: doors.clock.now() }),
		/** Reads again where another node, or a transaction that has committed by now, changed something. */
		async refresh(): Promise<void> {
			const found = await version();
			if (found !== loaded) await reload();
			// The transaction that was expected to change the counter must have been rolled back.
			else if (expected && doors.clock.now() - expected.at > 10_000) expected = null;
		},
		target: (id: string) => targets.get(id) ?? null,
		published: (id: string) => {
			const target = targets.get(id);
			return target?.status === 'published' ? target : null;
		},
		targets: () => [...targets.values()],
		/** Rules of published remote sources for a collection, of any direction. */
		syncRulesOf: (collection: string): CompiledSyncRule[] => synced.get(collection) ?? [],
		/** Collections that some published remote source has a rule for. */
		syncedCollections: () => [...synced.keys()],
		/** The rule that made a delivery, also where it has been edited since; null where it no longer fits the schema. */
		async ruleOf({ rule, target }: Pick<StoredDelivery, 'rule' | 'target'>): Promise<CompiledRule | null> {
			if (rule === null || targets.get(target)?.kind === 'sync') return null;
			const key = `${target}\u0000${rule}`;
			const known = byHash.get(key) ?? older.get(key);
			if (known !== undefined) return known;
			const found = await doors.ruleByHash(rule, target);
			older.set(key, found);
			return found;
		},
	};
}

export type RulesInForce = ReturnType<typeof createRulesInForce>;
