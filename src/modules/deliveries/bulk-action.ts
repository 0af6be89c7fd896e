import type { DeliveryStatus } from '../../contract/vocabulary.js';
import type { DeliveryFilter, Selection } from '../endpoint/use-endpoint.js';
import { ELIGIBLE, type BulkAction } from '../../contract/eligible.js';

/** Deliveries by status; a missing status has none as far as is known. */
export type Counts = Partial<Record<DeliveryStatus, number>>;

/** What an action is about: deliveries that were picked, with their status; or all that a filter finds. */
export type Scope = { picked: { id: string; status: DeliveryStatus }[] } | { filter: DeliveryFilter };

/** The statuses that the action can change of what is meant. */
export function eligibleStatuses(action: BulkAction, scope: Scope): DeliveryStatus[] {
	const meant = 'picked' in scope ? scope.picked.map(({ status }) => status) : scope.filter.status;
	return ELIGIBLE[action].filter((status) => meant?.includes(status) ?? true);
}

/**
 * The statuses that the action should begin with: those that somebody named or picked, or that are about what went wrong.
 * What has arrived, or was given up on purpose, is sent again only if somebody asks for it.
 */
export function chosenAtFirst(action: BulkAction, scope: Scope, counts: Counts): DeliveryStatus[] {
	const present = eligibleStatuses(action, scope).filter((status) => (counts[status] ?? 0) > 0);
	const isNamed = 'picked' in scope || scope.filter.status !== undefined;
	const chosen = isNamed ? present : present.filter((status) => status !== 'delivered' && status !== 'cancelled');
	return chosen.length > 0 ? chosen : present;
}

/** What the endpoint is told. */
export function selectionOf(scope: Scope, chosen: readonly DeliveryStatus[]): Selection {
	if ('filter' in scope) return { filter: { ...scope.filter, status: [...chosen] } };
	return { ids: scope.picked.filter(({ status }) => chosen.includes(status)).map(({ id }) => id) };
}

export function countPicked(picked: readonly { status: DeliveryStatus }[]): Counts {
	const counts: Counts = {};
	for (const { status } of picked) counts[status] = (counts[status] ?? 0) + 1;
	return counts;
}
