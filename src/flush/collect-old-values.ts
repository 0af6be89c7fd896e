import type { Row } from '../kernel/core/row.js';
import {
	bareKeys,
	oldValues,
	withOldColumns,
	withOldRelated,
	withRelated,
	type OldValues,
	type OldVersion,
} from '../delivery/core/old-values.js';
import type { CompiledRule } from '../capture/core/watch.js';
import { ownChange, type Decided, type Deletions, type PlanPorts } from './cause.js';

/**
 * What a target has to be told of the earlier versions of one item: those of the item itself, and those that it was
 * while the items it shows were different. Versions are rebuilt from the item as it is, with what was recorded before
 * each change put back; related items that are pointed to no longer are read again.
 * @param present the item with its relations, where a rule sends related values, and its own columns
 */
export async function collectOldValues(
	rule: CompiledRule,
	{ item, decision, causes }: Decided,
	{ tree, row }: { tree: Row | null; row: Row | null },
	ports: PlanPorts & { deletions: Deletions },
): Promise<OldValues> {
	const own = ownChange(causes);
	const present = tree ?? row;
	const born = own !== null && own.created && !own.existedBefore;
	let versions: OldVersion[] = decision.shownBefore.map(({ row: version, matched }) => ({
		item: { [rule.primary]: present?.[rule.primary] ?? item, ...version },
		matched,
	}));
	if (own?.deleted && own.beforeRelated) {
		const last = versions.at(-1);
		versions = [
			...versions.slice(0, -1),
			{ item: { ...last?.item, ...own.beforeRelated }, matched: last?.matched ?? false },
		];
	} else if (tree && !born) {
		const primaryAt = (field: string) =>
			rule.related.has(field) ? ports.primary(rule.related.get(field) ?? '') : null;
		versions = await eachItem(versions, (version) =>
			resolveKeys(rule, withOldColumns(tree, version, primaryAt), ports),
		);
		// Nearer ones first: a row of a list has to be back in its place before what it shows can be.
		for (const { change, via } of causes.toSorted((a, b) => (a.via?.hops.length ?? 0) - (b.via?.hops.length ?? 0))) {
			const before = change.before.at(0) ?? null;
			if (!via || (before === null && !change.created)) continue;
			const known = { key: change.item, before: change.existedBefore ? before : null };
			const shown = versions.length > 0 ? versions : [{ item: tree, matched: !decision.asItWas }];
			versions = await eachItem(shown, (version) =>
				resolveKeys(rule, withOldRelated(version, via.hops, ports.primary, known), ports),
			);
		}
	}
	return oldValues(rule, versions, decision.asItWas ? null : present);
}

const eachItem = (versions: OldVersion[], change: (item: Row) => Promise<Row>): Promise<OldVersion[]> =>
	Promise.all(versions.map(async ({ item, matched }) => ({ item: await change(item), matched })));

/** Finds the related items whose bare keys an old version holds: where they are, or among what is being deleted. */
async function resolveKeys(
	rule: CompiledRule,
	version: Row,
	{ items, deletions, primary }: PlanPorts & { deletions: Deletions },
): Promise<Row> {
	let resolved: unknown = version;
	for (const [path, collection] of rule.related) {
		const segments = path.split('.');
		const keys = bareKeys(resolved, segments);
		if (keys.length === 0) continue;
		const fields = rule.reads.filter((read) => read.startsWith(`${path}.`)).map((read) => read.slice(path.length + 1));
		const rows = new Map(await items.read(collection, [...new Set(keys.map(String))], fields));
		for (const key of keys) {
			const was = rows.has(String(key)) ? undefined : deletions.get(`${collection}/${key}`)?.before.at(-1);
			if (was) rows.set(String(key), { [primary(collection)]: key, ...was });
		}
		resolved = withRelated(resolved, segments, rows);
	}
	return resolved as Row;
}
