import type { Delivery, DeliveryDetail, Preview, TargetStatus } from '../modules/endpoint/answers.js';

/** What one target knows of one item. */
export interface ItemAtTarget {
	id: string;
	kind: TargetStatus['kind'];
	name: string;
	state: TargetStatus['state'];
	/** Its pages are looked at after deliveries. */
	checks: boolean;
	/** The newest delivery of the item to it; null where there never was one, or its retention is over. */
	latest: Delivery | null;
	/** Whether a change of the item would be sent, and why or why not. */
	matched: boolean;
	reason: string;
}

/** Every target that has a rule about the item's collection, or has been told of the item; the failing ones first. */
export function itemAtTargets(targets: TargetStatus[], deliveries: Delivery[], previews: Preview[]): ItemAtTarget[] {
	const newest = new Map<string, Delivery>();
	for (const delivery of deliveries) {
		const known = newest.get(delivery.target);
		if (!known || known.created_at < delivery.created_at) newest.set(delivery.target, delivery);
	}
	const byTarget = new Map(previews.map((preview) => [preview.id, preview]));
	const ORDER = ['failed', 'retrying', 'sending', 'pending', 'delivered', 'cancelled'];
	const rank = ({ latest }: ItemAtTarget) => (latest ? ORDER.indexOf(latest.status) : ORDER.length);
	return targets
		.filter(({ id }) => newest.has(id) || byTarget.get(id)?.rule)
		.map(({ id, kind, name, state, fresh }): ItemAtTarget => {
			const preview = byTarget.get(id);
			const { matched = false, reason = '' } = preview ?? {};
			return { id, kind, name, state, checks: fresh !== null, latest: newest.get(id) ?? null, matched, reason };
		})
		.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** What visitors got after a delivery: the slowest page that was seen to be new, or the first that stayed old. */
export type Live = { isStale: false; tookMs: number } | { isStale: true; path: string };

/** Null while nothing of it is known. */
export function liveOf(pages: DeliveryDetail['pages']): Live | null {
	const stale = pages.find(({ state }) => state === 'stale');
	if (stale) return { isStale: true, path: stale.path };
	const took = pages.flatMap(({ took_ms }) => took_ms ?? []);
	return took.length > 0 ? { isStale: false, tookMs: Math.max(...took) } : null;
}
