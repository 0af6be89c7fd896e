import { NO_OLD_VALUES } from '../../delivery/core/old-values.js';
import type { ItemChange } from '../../capture/core/item-change.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { EventName } from '../../contract/vocabulary.js';
import type { NewDelivery } from '../../delivery/stored.js';
import type { RowVersion } from '../core/merge/row-version.js';

export interface PlanDeliveriesPorts {
	/** This instance. */
	instance: string;
	/** Rules of the published remote sources for a collection, of any direction. */
	rulesOf(collection: string): CompiledSyncRule[];
	/** Which instance is behind a remote source; null as long as nobody has asked it. */
	peer(target: string): string | null;
	/** Rows are sent although the other side is known to have them: somebody wants it so. */
	force?: boolean;
	/** Rows that a source was never told of are left alone. */
	onlyKnown?: boolean;
}

/** One row that is looked at, and why. */
export interface RowToPlan {
	collection: string;
	key: string;
	/** null for a row that only something else refers to. */
	change: ItemChange | null;
	/** Whether a deletion was noticed, whatever was noticed after it. */
	wasDeleted: boolean;
	/** Remote sources that get a row which refers to this one. */
	referredFor: Set<string>;
}

export interface Stamped {
	version: RowVersion;
	/** Fields that were edited here since the record was last written. */
	changed: string[];
	event: EventName;
}

/** Which remote sources are owed the row, and to which it belongs from now on. */
export function planDeliveries(
	{ version, changed, event }: Stamped,
	entry: RowToPlan,
	matches: Map<CompiledSyncRule, Set<string>>,
	ports: PlanDeliveriesPorts,
): { deliveries: Omit<NewDelivery, 'nextAt'>[]; scope: string[]; seenBy: string[] } {
	const scope = new Set(version.scope);
	// A row whose fields have changed is new to everybody but those who do not care for these fields.
	const seenBy = new Set(changed.length > 0 ? [ports.instance] : version.seenBy);
	const deliveries: Omit<NewDelivery, 'nextAt'>[] = [];
	for (const rule of ports.rulesOf(entry.collection)) {
		const { target } = rule;
		const peer = ports.peer(target);
		const inScope = scope.has(target);
		const cares = changed.length === 0 || changed.some((field) => rule.model.fields.has(field));
		// It may still have to hear of an edit that was stamped when something arrived.
		const isTold = peer === null || version.seenBy.includes(peer);
		if (inScope && !cares && peer !== null && isTold) seenBy.add(peer);
		if (rule.rule.direction === 'pull') continue;
		if (ports.onlyKnown && !inScope) continue;
		const belongs =
			event === 'delete'
				? // A remote that was never sent the row may know it from another instance, or be sent rows that refer to it.
					inScope || version.revision === 0 || (!rule.rule.when && !rule.onlyReferenced)
				: rule.onlyReferenced
					? inScope || entry.referredFor.has(target)
					: (matches.get(rule)?.has(entry.key) ?? false);
		// What stops matching is told once, as it is now.
		if (!belongs && !inScope) continue;
		// A remote that was sent a row is sent all its changes, also after it was deleted.
		if (belongs) scope.add(target);
		else scope.delete(target);
		if (peer !== null && seenBy.has(peer) && !ports.force) continue;
		if (inScope && !cares && isTold && !ports.force) continue;
		if (entry.change === null && inScope) continue;
		if (peer !== null) seenBy.add(peer);
		deliveries.push({
			kind: 'sync',
			target,
			collection: entry.collection,
			item: entry.key,
			event: inScope || event === 'delete' ? event : 'create',
			rule: rule.hash,
			reason: reasonOf({ event, changed, belongs, rule, one: entry }),
			old: NO_OLD_VALUES,
			asItWas: false,
			changedAt: entry.change?.at ?? version.changedAt,
			changeId: null,
			user: entry.change?.user ?? null,
			trace: entry.change?.trace ?? null,
			operation: null,
		});
	}
	return { deliveries, scope: [...scope], seenBy: [...seenBy] };
}

function reasonOf({
	event,
	changed,
	belongs,
	rule,
	one: entry,
}: {
	event: EventName;
	changed: string[];
	belongs: boolean;
	rule: CompiledSyncRule;
	one: RowToPlan;
}): string {
	if (entry.change === null) return 'an item that is sent refers to it';
	if (event === 'delete') return 'deleted here';
	if (!belongs) return '`when` no longer matches';
	if (changed.length === 0) return 'another instance changed it';
	const fields = changed.filter((field) => rule.model.fields.has(field));
	if (event === 'create') return 'created here';
	return `${fields.slice(0, 5).join(', ')}${fields.length > 5 ? ' …' : ''} changed here`;
}
