import { afterHalting, afterLooking, afterSending, longestWait, lookAgain, mustHalt } from './core/turn.js';
import { gate } from './core/target-health.js';
import { claimGroups, putBack } from './claim-groups.js';
import { sendGroups } from './send-groups.js';
import type { DeliveryTarget } from './stored.js';
import { go, loadOf, openTurn, type SendPorts, type Turn } from './turn.js';

/**
 * One turn of a target's sender: sends what the target is owed, until nothing is due. At most one turn runs per target
 * over all nodes (the engine holds a lease), so that order, rate, concurrency and the breaker are kept by plain
 * variables.
 *
 * What is claimed becomes groups, which are `ready` until they are sent. Up to `channel.concurrency` requests are in
 * flight; `results` wait for a writer that writes all that came in while it was writing. Of one item nothing is sent as
 * long as something else of it is on its way. Requests and the writer run beside the turn, and wake it.
 *
 * A turn is always in one of these states. `core/turn.ts` decides which comes next, and refuses any that may not.
 *
 * ## looking
 *
 * The first state, and the beginning of each round. Goes to
 *
 * - `failing`, if results could not be written, or a channel threw;
 * - `halting`, if this process stops or may have lost its lease, if the target was saved or unpublished since the turn
 *   began, or if groups are ready and the breaker has opened, or the target has asked for a pause;
 * - `claiming`, if something may be due, and fewer groups are ready than may be in flight. A turn that knew of nothing
 *   more looks again when it was woken, or when the next delivery is due by time, once the target has room for it;
 * - `sending` otherwise.
 *
 * ## claiming
 *
 * Claims what is due and makes groups of it: all that fits, or one group as a probe where the breaker is open. Claims
 * nothing where the target was paused, or the breaker or a hold forbids it; then it knows when it may. Goes to
 * `sending`, or to `failing` where the database does not answer.
 *
 * ## sending
 *
 * Sends ready groups until the target has as many requests as it may have, this process may open no more, the rate
 * limit is used up, or every group that is left has an item under way. Goes to
 *
 * - `over`, if nothing is ready, on its way or unwritten, nothing more is due, and the turn was not woken;
 * - `looking`, if nothing is on its way and more may be due, or if the channel reads ahead and has room for it;
 * - `waiting` otherwise.
 *
 * ## halting
 *
 * Puts back what is ready, still due, and claims nothing more unless a result asks for it. Goes to `waiting` for what is
 * on its way, is `over`, or goes to `failing` where the database does not answer.
 *
 * ## waiting
 *
 * Until a request is answered, results are written, the turn is woken, or it is time: for the rate limit, or for
 * a delivery that becomes due. Goes to `looking`.
 *
 * ## failing
 *
 * Waits for requests in flight, since the next turn would send them again, and for their results to be written if that is
 * possible; then throws. The turn is over.
 *
 * ## over
 *
 * Accepts nothing more: waking the turn returns false, and the caller begins another. A turn that was interrupted gets
 * here from any state, and puts back its ready groups.
 *
 * @param stopping whether this process stops, or may have lost its lease
 * @param listen takes what wakes the turn, and says whether that took it in
 * @param holds whether the lease is surely still held: asked right before each request
 * @returns when something will be due next (ms since 1970), or null where nothing waits
 */
export async function sendDue<Target extends DeliveryTarget>(
	targetId: string,
	ports: SendPorts<Target>,
	stopping: () => boolean,
	listen: (woken: () => boolean) => void,
	holds: () => boolean = () => true,
): Promise<number | null> {
	const turn = await openTurn(targetId, ports, holds);
	if (!turn) return null;
	listen(() => {
		if (turn.state === 'over') return false;
		turn.supply = { ...turn.supply, isWoken: true };
		turn.wakeUp();
		return true;
	});
	try {
		await takeTurn(turn, stopping);
	} finally {
		turn.state = 'over';
		if (turn.ready.length > 0) await putBack(turn).catch(() => {});
	}
	const now = ports.clock.now();
	const after = gate(turn.health, now);
	if (after.allow === 'nothing') return after.until;
	return ports.target(targetId) === turn.target ? turn.supply.nextAt : now;
}

async function takeTurn(turn: Turn, stopping: () => boolean): Promise<void> {
	for (;;) {
		switch (turn.state) {
			case 'looking':
				look(turn, stopping());
				break;
			case 'claiming':
				go(turn, (await succeeds(turn, claimGroups(turn))) ? 'sending' : 'failing');
				break;
			case 'sending':
				turn.paceMs = sendGroups(turn);
				leaveRound(turn);
				break;
			case 'halting':
				if (turn.ready.length === 0 || (await succeeds(turn, putBack(turn)))) halt(turn);
				else go(turn, 'failing');
				break;
			case 'waiting':
				await wait(turn);
				go(turn, 'looking');
				break;
			case 'failing':
				while (turn.undecided > 0 || turn.writing !== null)
					await new Promise<void>((resolve) => (turn.wakeUp = resolve));
				throw turn.broken;
			case 'over':
				return;
		}
	}
}

/** Whether a step came to its end; if not, the turn cannot go on. */
async function succeeds(turn: Turn, step: Promise<void>): Promise<boolean> {
	try {
		await step;
		return true;
	} catch (error) {
		turn.broken = error;
		return false;
	}
}

function look(turn: Turn, isStopping: boolean): void {
	const { ports, target, isProbing, health, ready } = turn;
	if (turn.broken !== null) return go(turn, 'failing');
	const now = ports.clock.now();
	const isServed = ports.target(target.id) === target;
	if (mustHalt({ isStopping, isServed, isProbing, health, ready: ready.length }, now)) return go(turn, 'halting');
	turn.supply = lookAgain(turn.supply, loadOf(turn), now);
	return go(turn, afterLooking(turn.supply, loadOf(turn)));
}

/** At once: whatever wakes the turn comes before this or after it, and never in between. */
function halt(turn: Turn): void {
	turn.supply = afterHalting(lookAgain(turn.supply, loadOf(turn), turn.ports.clock.now()));
	turn.paceMs = 0;
	leaveRound(turn);
}

function leaveRound(turn: Turn): void {
	const { to, supply } = afterSending(turn.supply, loadOf(turn));
	turn.supply = supply;
	go(turn, to);
}

function wait(turn: Turn): Promise<void> {
	const ms = longestWait(turn.supply, loadOf(turn), turn.paceMs, turn.ports.clock.now());
	return new Promise((resolve) => {
		turn.wakeUp = resolve;
		if (ms !== null) setTimeout(resolve, ms);
	});
}
