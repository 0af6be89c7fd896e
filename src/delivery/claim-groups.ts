import { afterClaim, closedUntil, takesOnlyFull } from './core/turn.js';
import { gate } from './core/target-health.js';
import { collects, nextWindow } from './stored.js';
import { loadOf, type Turn } from './turn.js';

/** How long a sender that is busy may take to notice that its target was paused. */
const PAUSE_SEEN_MS = 500;

/** Claims what is due, as far as the target may be sent anything, and makes groups of it. */
export async function claimGroups(turn: Turn): Promise<void> {
	const { ports, target, channel, ready, underWay } = turn;
	const now = ports.clock.now();
	if (now - turn.pauseSeenAt > PAUSE_SEEN_MS) {
		turn.pauseSeenAt = now;
		if ((await ports.state(target.id)).paused) {
			turn.supply = closedUntil(turn.supply, null);
			return;
		}
	}
	const onlyFull = takesOnlyFull(turn.supply, loadOf(turn));
	turn.supply = { ...turn.supply, isAhead: false };
	const open = gate(turn.health, now);
	if (open.allow === 'nothing') {
		turn.supply = closedUntil(turn.supply, open.until);
		return;
	}
	turn.isProbing = open.allow === 'probe';
	const opens = nextWindow(target, now);
	const due = turn.isProbing
		? await claimProbe(turn, opens !== null)
		: await claimDue(turn, { now, onlyFull, isClosed: opens !== null });
	const nextAt = opens === null ? due.nextAt : Math.min(opens, due.nextAt ?? opens);
	turn.supply = afterClaim(turn.supply, { ...due, nextAt });
	if (due.claimed.length === 0) return;
	const groups = await channel.group(due.claimed);
	await ports.queue.nameBatches(groups);
	for (const { batch, deliveries } of groups) for (const delivery of deliveries) delivery.batch = batch;
	for (const group of groups) underWay.add(group);
	ready.push(...groups);
}

/** @param isClosed the target's window is closed: only deliveries that a person asked for are sent */
async function claimProbe({ ports, target, token, options }: Turn, isClosed: boolean) {
	const claimed = await ports.queue.claimProbe(target.id, {
		token,
		batchSize: options.batch_size,
		byHand: isClosed || collects(target),
		retriesByHand: isClosed,
	});
	return { claimed, nextAt: null, more: false, blocked: false };
}

const claimDue = (turn: Turn, { now, onlyFull, isClosed }: { now: number; onlyFull: boolean; isClosed: boolean }) =>
	turn.ports.queue.claim(turn.target.id, {
		token: turn.token,
		now,
		window: turn.options.max_wait_ms,
		batchSize: turn.options.batch_size,
		limit: turn.ports.queue.claimLimit,
		onlyFull,
		busy: turn.channel.readsAhead ? null : turn.underWay.claimed,
		byHand: isClosed || collects(turn.target),
		retriesByHand: isClosed,
	});

/** Puts back ready groups that must not be sent just now; their deliveries are still due. */
export async function putBack(turn: Turn): Promise<void> {
	const { ports, ready, underWay, token } = turn;
	const back = ready.splice(0);
	turn.supply = { ...turn.supply, nextAt: ports.clock.now() };
	for (const group of back) underWay.remove(group, false);
	await ports.queue.release(
		back.flatMap(({ deliveries }) => deliveries),
		token,
	);
}
