import { NO_OLD_VALUES } from '../../delivery/core/old-values.js';
import type { ItemChange } from '../../capture/core/item-change.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { EventName } from '../../contract/vocabulary.js';
import type { NewDelivery } from '../../delivery/stored.js';
import type { RowVersion } from '../core/merge/row-version.js';

export interface OweDoors {
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
export interface Looked {
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
export function owe(
	{ version, changed, event }: Stamped,
	one: Looked,
	matches: Map<CompiledSyncRule, Set<string>>,
	doors: OweDoors,
): { deliveries: Omit<NewDelivery, 'nextAt'>[]; scope: string[]; seenBy: string[] } {
	const scope = new Set(version.scope);
	// A row whose fields have changed is new to everybody but those who do not care for these fields.
	const seenBy = new Set(changed.length > 0 ? [doors.instance] : version.seenBy);
	const deliveries: Omit<NewDelivery, 'nextAt'>[] = [];
	for (const rule of doors.rulesOf(one.collection)) {
		const { target } = rule;
		const peer = doors.peer(target);
		const inScope = scope.has(target);
		const cares = changed.length === 0 || changed.some((field) => rule.model.fields.has(field));
		if (inScope && !cares && peer !== null && version.seenBy.includes(peer)) seenBy.add(peer);
		if (rule.rule.direction === 'pull') continue;
		if (doors.onlyKnown && !inScope) continue;
		const belongs =
			event === 'delete'
				? // Whoever was never told of the row may know it from somebody else, or be told of what refers to it.
					inScope || version.revision === 0 || (!rule.rule.when && !rule.onlyReferenced)
				: rule.onlyReferenced
					? inScope || one.referredFor.has(target)
					: (matches.get(rule)?.has(one.key) ?? false);
		// What stops matching is told once, as it is now.
		if (!belongs && !inScope) continue;
		// Who was told of a row hears of whatever becomes of it, also after it was deleted.
		if (belongs) scope.add(target);
		else scope.delete(target);
		if (peer !== null && seenBy.has(peer) && !doors.force) continue;
		if (inScope && !cares && !doors.force) continue;
		if (one.change === null && inScope) continue;
		if (peer !== null) seenBy.add(peer);
		deliveries.push({
			kind: 'sync',
			target,
			collection: one.collection,
			item: one.key,
			event: inScope || event === 'delete' ? event : 'create',
			rule: rule.hash,
			reason: reasonOf({ event, changed, belongs, rule, one }),
			old: NO_OLD_VALUES,
			asItWas: false,
			changedAt: one.change?.at ?? version.changedAt,
			user: one.change?.user ?? null,
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
	one,
}: {
	event: EventName;
	changed: string[];
	belongs: boolean;
	rule: CompiledSyncRule;
	one: Looked;
}): string {
	if (one.change === null) return 'an item that is sent refers to it';
	if (event === 'delete') return 'deleted here';
	if (!belongs) return '`when` no longer matches';
	if (changed.length === 0) return 'another instance changed it';
	const fields = changed.filter((field) => rule.model.fields.has(field));
	if (event === 'create') return 'created here';
	return `${fields.slice(0, 5).join(', ')}${fields.length > 5 ? ' …' : ''} changed here`;
}
