import type { Clock } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { buildWatch, EMPTY_WATCH, type CompiledRule, type Watch } from '../capture/core/watch.js';
import { moveRulesVersion, rulesVersion } from './tables/rules-version.js';
import { rememberRules } from '../delivery/tables/delivery-table.js';
import type { CompiledSyncRule } from '../sync/core/rules/compile-sync-rules.js';
import type { StoredDelivery } from '../delivery/stored.js';
import type { RemoteSource } from '../sync/remote-source.js';
import type { Target } from './target.js';

interface RulesPorts {
	database: Knex;
	clock: Pick<Clock, 'id'>;
	/** ms on a clock of this process that never jumps: how long something takes is not told by one that may be set. */
	passed: () => number;
	getSchema: () => Promise<SchemaOverview>;
	readTargets: () => Promise<Target[]>;
	ruleByHash: (hash: string, target: string) => Promise<CompiledRule | { refusal: string } | null>;
	changed: (targets: Target[]) => void;
}

/**
 * The targets and rules in force on this node, in memory: the mutation's path only looks them up.
 *
 * A counter in the database changes, in the same transaction, with every change of a target. `stale` says that this
 * node knows of a change that it has not read yet; other nodes notice the counter at their next poll.
 */
export function createRulesInForce(ports: RulesPorts) {
	let watch: Watch = EMPTY_WATCH;
	let targets = new Map<string, Target>();
	/** Rules of published remote sources, by collection. */
	let synced = new Map<string, CompiledSyncRule[]>();
	const made = createRulesOfDeliveries(ports.ruleByHash, (target) => targets.get(target)?.kind === 'sync');
	const remember = createRuleMemory(ports.database);
	let loaded: string | null = null;
	let expected: { value: string; at: number } | null = null;
	let loading: Promise<void> | null = null;

	const version = () => rulesVersion(ports.database);

	async function read(): Promise<void> {
		const current = await version();
		const all = await ports.readTargets();
		await remember(all);
		const served = all.filter((target) => target.status === 'published' && target.options !== null);
		const rules = served.flatMap((target) => (target.kind === 'flush' ? target.rules : []));
		const syncRules = served.flatMap((target) => (target.kind === 'sync' ? target.rules : []));
		synced = Map.groupBy(syncRules, ({ rule }) => rule.collection);
		watch = buildWatch(rules, await ports.getSchema(), synced.keys());
		targets = new Map(all.map((target) => [target.id, target]));
		made.inForce(rules);
		loaded = current;
		if (expected?.value === current) expected = null;
		ports.changed(all);
	}

	/** Reads targets and rules again; calls in between share one reading that begins after them. */
	async function reload(): Promise<void> {
		if (loading) await loading.catch(() => {});
		loading ??= read().finally(() => (loading = null));
		await loading;
	}

	/** Makes every node read the rules again, this one at once. */
	async function moveCounter(): Promise<void> {
		const value = ports.clock.id();
		expect(value);
		await moveRulesVersion(ports.database, value);
		await reload();
	}

	const expect = (value: string): void => void (expected = { value, at: ports.passed() });
	const settling = createSchemaSettling({ ...ports, expect, reload });

	return {
		watch: () => watch,
		stale: () => expected !== null || loaded === null || settling.isSettling(),
		reload,
		moveCounter,
		schemaChanges: settling.schemaChanges,
		schemaSettled: settling.schemaSettled,
		isSettling: settling.isSettling,
		/** A target is being changed in a transaction that is still open, and the counter with it. */
		expect,
		/** Targets were written by a statement of which no hook told; where one did, the counter is on its way already. */
		async writtenUnseen(): Promise<void> {
			if (expected === null) await moveCounter();
		},
		/** Reads again where another node, or a transaction that has committed by now, changed something. */
		async refresh(): Promise<void> {
			const current = await version();
			if (current !== loaded) await reload();
			// The transaction that was expected to change the counter was rolled back, or could not change it.
			else if (expected && ports.passed() - expected.at > 10_000) await moveCounter();
		},
		...byId(() => targets),
		/** Rules of published remote sources for a collection, of any direction. */
		syncRulesOf: (collection: string): CompiledSyncRule[] => synced.get(collection) ?? [],
		/** Collections that some published remote source has a rule for. */
		syncedCollections: () => [...synced.keys()],
		ruleOf: made.ruleOf,
		refusalOf: made.refusalOf,
	};
}

/** A schema change counts as over after this, in ms, if no event ends it. */
const SETTLES_WITHIN_MS = 10_000;

export type RulesInForce = ReturnType<typeof createRulesInForce>;

const byId = (targets: () => ReadonlyMap<string, Target>) => ({
	target: (id: string) => targets().get(id) ?? null,
	published: (id: string) => {
		const target = targets().get(id);
		return target?.status === 'published' ? target : null;
	},
	targets: () => [...targets().values()],
	remotes: () => [...targets().values()].filter((target): target is RemoteSource => target.kind === 'sync'),
	remote: (id: string): RemoteSource | null => {
		const target = targets().get(id);
		return target?.kind === 'sync' ? target : null;
	},
});

/** Rules that deliveries were made by stay in the table, for as long as it may be asked what made one. */
function createRuleMemory(database: Knex): (targets: Target[]) => Promise<void> {
	const stored = new Set<string>();

	return async (targets) => {
		const unknown = targets
			.flatMap((target): { hash: string; rule: object }[] => target.rules)
			.filter(({ hash }) => !stored.has(hash));
		await rememberRules(database, new Map(unknown.map(({ hash, rule }) => [hash, JSON.stringify(rule)])));
		for (const { hash } of unknown) stored.add(hash);
	};
}

type Asked = Pick<StoredDelivery, 'rule' | 'target'>;

/** The rules that deliveries were made by: those in force, and older ones once they were asked for. */
function createRulesOfDeliveries(ruleByHash: RulesPorts['ruleByHash'], isRemote: (target: string) => boolean) {
	let byHash = new Map<string, CompiledRule>();
	const older = new Map<string, CompiledRule | { refusal: string } | null>();

	async function find({ rule, target }: Asked): Promise<CompiledRule | { refusal: string } | null> {
		if (rule === null || isRemote(target)) return null;
		const key = `${target}\u0000${rule}`;
		const known = byHash.get(key) ?? older.get(key);
		if (known !== undefined) return known;
		const compiled = await ruleByHash(rule, target);
		older.set(key, compiled);
		return compiled;
	}

	return {
		inForce(rules: CompiledRule[]): void {
			byHash = new Map(rules.map((rule) => [`${rule.target}\u0000${rule.hash}`, rule]));
			older.clear();
		},
		/** The rule that made a delivery, also where it has been edited since; null where it no longer fits the schema. */
		async ruleOf(delivery: Asked): Promise<CompiledRule | null> {
			const rule = await find(delivery);
			return rule === null || 'refusal' in rule ? null : rule;
		},
		/** Why nothing more goes out by the rule that made a delivery; null where something may. */
		async refusalOf(delivery: Asked): Promise<string | null> {
			const rule = await find(delivery);
			return rule !== null && 'refusal' in rule ? rule.refusal : null;
		},
	};
}

/** A schema change that may not be over yet. */
function createSchemaSettling(
	ports: Pick<RulesPorts, 'database' | 'clock' | 'passed'> & { expect(value: string): void; reload(): Promise<void> },
) {
	/** The last schema change since the rules were read. */
	let changing: { at: number } | null = null;
	let moving: Promise<unknown> = Promise.resolve();
	/** What the counter is to become after a schema change. Of a burst only the last counts, so that none is late. */
	let toMove: string | null = null;

	return {
		isSettling: () => changing !== null && ports.passed() - changing.at < SETTLES_WITHIN_MS,
		/**
		 * The schema has changed, and may go on changing. A rule may fit now that did not fit before: until `schemaSettled`
		 * everything is recorded, and nothing is planned by the rules that were read before.
		 */
		schemaChanges(): void {
			const value = ports.clock.id();
			ports.expect(value);
			changing = { at: ports.passed() };
			toMove = value;
			moving = moving
				.catch(() => {})
				.then(async () => {
					if (toMove !== value) return;
					await moveRulesVersion(ports.database, value);
				});
			moving.catch(() => {});
		},
		/** The schema change is over: the rules are read again. */
		async schemaSettled(): Promise<void> {
			const last = changing;
			await moving.catch(() => {});
			await ports.reload();
			if (changing === last) changing = null;
		},
	};
}
