import type { Row } from '../kernel/core/row.js';
import { decideOwn, decideShown, type Decision } from './core/decide.js';
import { foldChanges, type ItemChange, type RecordedChange } from '../capture/core/item-change.js';
import { NO_OLD_VALUES } from '../delivery/core/old-values.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { CompiledRule, Watch } from '../capture/core/watch.js';
import { onlyWatched, ownChange, type Cause, type Decided, type Deletions, type PlanPorts } from './cause.js';
import { climb, type Above } from './climb.js';
import { collectOldValues } from './collect-old-values.js';
import { createJudge, type JudgeOfRule } from './judge.js';
import { planAutomatic } from './pages/plan-automatic.js';
import { planToBeSafe } from './plan-to-be-safe.js';
import type { Explained, PlannedDelivery } from './planned-delivery.js';

/**
 * Decides what a batch of changes means for every rule: which items of which rule are sent, as what, and why the others
 * are not. Only reads. Changes of one item are folded first, so that an item gives at most one delivery per rule.
 */
export async function planChanges(
	recorded: RecordedChange[],
	watch: Watch,
	ports: PlanPorts,
): Promise<{ deliveries: PlannedDelivery[]; explained: Explained[] }> {
	const changes = foldChanges(await complete(recorded, watch, ports));
	const deletions = new Map(
		changes.filter(({ deleted }) => deleted).map((change) => [`${change.collection}/${change.item}`, change]),
	);
	const causes = new Map<CompiledRule, Map<string, Cause[]>>();
	for (const change of changes) {
		for (const rule of watch.collections.get(change.collection)?.rules ?? [])
			if (!rule.automatic) addCause(causes, rule, change.item, { change, via: null });
	}
	await addShowing(changes, watch, ports, causes);
	const deliveries: PlannedDelivery[] = [];
	const explained: Explained[] = [];
	const present = await readPresent(changes, watch, ports);
	const automatic = planAutomatic(changes, watch, present, ports.isSupposed ?? false);
	deliveries.push(...automatic.deliveries);
	explained.push(...automatic.explained);
	for (const [rule, byItem] of causes) {
		try {
			const { collection } = rule.rule;
			const asked = new Set(changes.filter((change) => change.collection === collection).map(({ item }) => item));
			const matching = await matchingNow(rule, byItem, { rows: present.get(collection), asked }, ports);
			const decided: Decided[] = [];
			const judge = await createJudge(rule, byItem, { present: matching.rows, changes, items: ports.items });
			for (const [item, itemCauses] of byItem) {
				const decision = decide(rule, [item, itemCauses], matching, present, judge);
				explained.push({ rule, item, send: decision.send, reason: decision.reason });
				if (decision.send) decided.push({ item, causes: itemCauses, decision });
			}
			deliveries.push(...(await withOld(rule, decided, { ...ports, deletions }, matching.rows)));
		} catch (error) {
			if (ports.isPlannedAgain?.(error)) throw error;
			const safe = await planToBeSafe(
				rule,
				new Map([...byItem].map(([item, itemCauses]) => [item, itemCauses.map(({ change }) => change)])),
				error,
				ports.items,
			);
			deliveries.push(...safe);
		}
	}
	return { deliveries, explained };
}

function addCause(
	causes: Map<CompiledRule, Map<string, Cause[]>>,
	rule: CompiledRule,
	item: string,
	cause: Cause,
): void {
	const byItem = causes.get(rule) ?? new Map<string, Cause[]>();
	causes.set(rule, byItem);
	byItem.set(item, [...(byItem.get(item) ?? []), cause]);
}

/** Casts old values as Directus does, and looks into the revisions where they could not be read before the write. */
async function complete(recorded: RecordedChange[], watch: Watch, { items }: PlanPorts): Promise<RecordedChange[]> {
	const byCollection = new Map<string, RecordedChange[]>();
	for (const change of recorded)
		byCollection.set(change.collection, [...(byCollection.get(change.collection) ?? []), change]);
	const completed = new Map<number, RecordedChange>();
	for (const [collection, changes] of byCollection) {
		const withBefore = changes.filter((change) => change.before !== null);
		const cast =
			withBefore.length > 0
				? await items.cast(
						collection,
						withBefore.map((change) => change.before as Row),
					)
				: [];
		withBefore.forEach((change, index) => completed.set(change.id, { ...change, before: cast[index] ?? null }));
		const needed = (watch.collections.get(collection)?.columns.length ?? 0) > 0;
		for (const change of needed ? changes : []) {
			if (change.before !== null || change.absent || change.event === 'create' || change.item === ALL_ITEMS) continue;
			if (change.passedSince !== undefined) continue;
			completed.set(change.id, { ...change, recalled: await items.revisions(collection, change.item) });
		}
	}
	return recorded.map((change) => {
		const watched = watch.collections.get(change.collection);
		return onlyWatched(completed.get(change.id) ?? change, watched);
	});
}

/** Climbs from every changed item to the items that show it. */
async function addShowing(
	changes: ItemChange[],
	watch: Watch,
	{ items }: PlanPorts,
	causes: Map<CompiledRule, Map<string, Cause[]>>,
): Promise<void> {
	for (const watched of watch.collections.values()) {
		const own = changes.filter((change) => change.collection === watched.collection);
		if (own.length === 0) continue;
		for (const { rule, path, hops } of watched.shownBy) {
			for (const change of own) {
				// A moment that passes in the `when` of another rule does not concern items that show this one.
				if (change.passed && !change.updated && !change.created && !change.deleted && !isNamed(change, watched))
					continue;
				const above: Above = change.item === ALL_ITEMS ? { whole: null } : await climb({ path, hops }, change, items);
				if ('whole' in above) addCause(causes, rule, ALL_ITEMS, { change: asWhole(change, above.whole), via: null });
				else for (const key of above.keys) addCause(causes, rule, key, { change, via: { path, hops } });
			}
		}
	}
}

const asWhole = (change: ItemChange, whole: string | null): ItemChange => ({
	...change,
	item: ALL_ITEMS,
	...(whole === null ? {} : { whole }),
});

/** Whether some rule about the collection names a field whose moment has passed in its `at`. */
const isNamed = ({ passed }: ItemChange, { rules }: { rules: CompiledRule[] }) =>
	rules.some(({ rule }) => rule.at?.some((field) => passed?.fields.includes(field)));

type PresentRows = Map<string, Map<string, Row>>;

async function readPresent(changes: ItemChange[], watch: Watch, { items }: PlanPorts): Promise<PresentRows> {
	const present: PresentRows = new Map();
	for (const collection of new Set(changes.map((change) => change.collection))) {
		const watched = watch.collections.get(collection);
		if (!watched) continue;
		const keys = changes
			.filter((change) => change.collection === collection && change.item !== ALL_ITEMS)
			.map((change) => change.item);
		present.set(collection, await items.columns(collection, keys, [watched.primary, ...watched.columns]));
	}
	return present;
}

/** What the database says of the items of one rule. */
interface Matching {
	exists: Set<string>;
	matches: Set<string>;
	/** Items whose moment has passed and that passed `when` before it. */
	matchedBefore: Set<string>;
	/** Own columns of the items, as far as some rule needs them. */
	rows: Map<string, Row>;
}

/** Which of the items are there, and which pass the rule's `when`. Those whose own rows were read need no query. */
async function matchingNow(
	rule: CompiledRule,
	byItem: Map<string, Cause[]>,
	read: { rows: Map<string, Row> | undefined; asked: Set<string> },
	{ items }: PlanPorts,
): Promise<Matching> {
	const { collection, when } = rule.rule;
	const named = [...byItem.keys()].filter((key) => key !== ALL_ITEMS);
	const exists = new Set(named.filter((key) => read.rows?.has(key)));
	const rows = new Map(read.rows);
	const unread = named.filter((key) => !read.asked.has(key));
	if (unread.length > 0) {
		const columns = when ? [...rule.types.keys()].filter((column) => rule.ownColumns.includes(column)) : [];
		const readRows = await items.columns(collection, unread, [rule.primary, ...columns]);
		for (const [key, row] of readRows) {
			exists.add(key);
			if (when) rows.set(key, row);
		}
	}
	if (!when) return { exists, matches: exists, matchedBefore: exists, rows };
	const causes = [...byItem.values()].flat();
	const notBefore = Math.max(...causes.map(({ change }) => change.at));
	const matches = await items.matching(collection, [...exists], when, { notBefore });
	const matchedBefore = new Set<string>();
	const since = Map.groupBy(
		[...byItem].flatMap(([item, of]) => {
			const passed = ownChange(of)?.passed;
			return passed && exists.has(item) ? [{ item, since: passed.since }] : [];
		}),
		(entry) => entry.since,
	);
	for (const [at, entries] of since)
		for (const key of await items.matching(
			collection,
			entries.map(({ item }) => item),
			when,
			{ at },
		))
			matchedBefore.add(key);
	return { exists, matches, matchedBefore, rows };
}

function decide(
	rule: CompiledRule,
	[item, causes]: [string, Cause[]],
	matching: Matching,
	rows: PresentRows,
	judge: JudgeOfRule,
): Decision {
	const own = ownChange(causes);
	const present = {
		exists: matching.exists.has(item),
		matches: matching.matches.has(item),
		matchedBefore: matching.matchedBefore.has(item),
		row: matching.rows.get(item) ?? null,
	};
	const decisions: Decision[] = own ? [decideOwn(rule, own, present, (row, at) => judge.own(item, row, at))] : [];
	for (const cause of causes) {
		const { change, via } = cause;
		if (!via) continue;
		const causeNow = rows.get(change.collection)?.get(change.item) ?? null;
		const before = rule.rule.when ? judge.shown(item, { change, via }) : 'yes';
		decisions.push(decideShown(rule, via, { cause: change, causeNow }, present, before));
	}
	const sent = decisions.filter(({ send }) => send);
	return sent[0] ?? decisions[0] ?? { send: false, reason: 'nothing happened' };
}

/** Adds what the target has to be told of earlier versions. Relations are read only where a rule sends related values. */
async function withOld(
	rule: CompiledRule,
	decided: Decided[],
	ports: PlanPorts & { deletions: Deletions },
	rows: Map<string, Row>,
): Promise<PlannedDelivery[]> {
	const named = decided.filter(({ item }) => item !== ALL_ITEMS).map(({ item }) => item);
	const trees = rule.readsRelations
		? await ports.items.read(rule.rule.collection, named, rule.reads)
		: new Map<string, Row>();
	const planned: PlannedDelivery[] = [];
	for (const entry of decided) {
		const { item, decision, causes } = entry;
		const at = Math.max(...causes.map(({ change }) => change.at));
		const changeId = Math.max(...causes.map(({ change }) => change.lastId));
		const user = causes.map(({ change }) => change.user).findLast((id) => id !== null) ?? null;
		const trace = causes.map(({ change }) => change.trace).findLast((traced) => traced !== null) ?? null;
		const old =
			item === ALL_ITEMS
				? NO_OLD_VALUES
				: await collectOldValues(rule, entry, { tree: trees.get(item) ?? null, row: rows.get(item) ?? null }, ports);
		planned.push({
			rule,
			collection: rule.rule.collection,
			item,
			event: decision.event,
			reason: decision.reason,
			changedAt: at,
			changeId,
			user,
			trace,
			asItWas: decision.asItWas,
			old: decision.began ? { ...old, began: true } : old,
		});
	}
	return planned;
}
