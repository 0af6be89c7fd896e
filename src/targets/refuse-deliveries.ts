import type { Channel, Group } from '../delivery/channel.js';
import type { FlushPorts } from '../flush/flush-ports.js';
import { openFlushChannel } from '../flush/flush-channel.js';
import type { StoredDelivery } from '../delivery/stored.js';
import type { FlushTarget } from '../flush/flush-target.js';

/** Deliveries whose rule may send nothing any more. */
interface RefusedGroup extends Group {
	refusal: string;
}

export interface GuardedPorts extends FlushPorts {
	/** Why a delivery's rule is refused; null where it is not. */
	refusalOf(delivery: StoredDelivery): Promise<string | null>;
}

/** The way to a flush target, guarded. */
export const openGuardedChannel = async (
	target: FlushTarget,
	ports: GuardedPorts,
	allowed: () => Promise<void>,
): Promise<Channel> =>
	refuseDeliveries(await openFlushChannel(target, ports, allowed), ports.refusalOf, ports.clock.id);

/**
 * The way to a target, past which nothing goes whose rule is refused by now: it would tell what never leaves, or what its
 * publisher may not read. Such deliveries fail, and can be sent again once the rule is fixed.
 * @param refusalOf why a delivery's rule is refused; null where it is not
 */
function refuseDeliveries(
	channel: Channel,
	refusalOf: (delivery: StoredDelivery) => Promise<string | null>,
	id: () => string,
): Channel {
	return {
		...channel,
		async group(claimed) {
			const reasons = new Map<StoredDelivery, string | null>();
			for (const delivery of claimed) reasons.set(delivery, await refusalOf(delivery));
			const refused = Map.groupBy(claimed, (delivery) => reasons.get(delivery) ?? null);
			const allowed = refused.get(null) ?? [];
			refused.delete(null);
			const groups = [...refused].map(([refusal, deliveries]) => ({ batch: id(), deliveries, refusal: refusal ?? '' }));
			return [...groups, ...(allowed.length > 0 ? await channel.group(allowed) : [])];
		},
		async deliver(group, answered) {
			if (!isRefused(group)) return channel.deliver(group, answered);
			const verdict = { kind: 'failed', code: 'RULE_REFUSED', message: group.refusal } as const;
			return { results: [{ deliveries: group.deliveries, verdict }], attempts: [], verdict, held: null };
		},
	};
}

const isRefused = (group: Group): group is RefusedGroup => 'refusal' in group;
