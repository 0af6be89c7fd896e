import type { Delivery, Preview, TargetStatus } from '../modules/endpoint/answers.js';

/** What one target knows of one item. */
export interface ItemAtTarget {
	id: string;
	kind: TargetStatus['kind'];
	name: string;
	state: TargetStatus['state'];
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
		.map(({ id, kind, name, state }): ItemAtTarget => {
			const preview = byTarget.get(id);
			const { matched = false, reason = '' } = preview ?? {};
			return { id, kind, name, state, latest: newest.get(id) ?? null, matched, reason };
		})
		.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
