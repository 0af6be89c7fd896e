import { afterAttempt } from './core/target-health.js';
import type { Group } from './channel.js';
import { inOwnTrace } from '../kernel/tracing.js';
import { outcomeOf } from './outcome-of.js';
import type { Settlement } from './ports.js';
import type { Result, Turn } from './turn.js';
import { writeResults } from './write-results.js';

/**
 * Sends what is ready, as far as the target, this process, the rate limit and the order of each item allow.
 * @returns ms until the rate limit has a request left; 0 where it is not what ended the sending
 */
export function sendGroups(turn: Turn): number {
	const { ports, channel, options, pace, ready, underWay } = turn;
	while (turn.inFlight < channel.concurrency) {
		const free = underWay.firstFree(ready);
		const group = ready[free];
		// Asked at the last moment: this process may have been stopped for a while since.
		if (!group || !turn.holds() || !ports.slots.take()) return 0;
		const paceMs = pace.take(options.rate ? null : channel.rateOf?.(group));
		if (paceMs > 0) {
			ports.slots.give();
			return paceMs;
		}
		ready.splice(free, 1);
		send(turn, group);
	}
	return 0;
}

/** Sends a group; what comes of it wakes the turn. */
function send(turn: Turn, group: Group): void {
	const { ports, underWay } = turn;
	underWay.send(group);
	turn.inFlight += 1;
	turn.undecided += 1;
	let isAnswered = false;
	const answered = () => {
		if (isAnswered) return;
		isAnswered = true;
		turn.inFlight -= 1;
		ports.slots.give();
		turn.wakeUp();
	};
	// Nothing follows a probe before it is known what became of it.
	void deliver(turn, group, turn.isProbing ? () => {} : answered)
		.then((result) => {
			// At once, not when it is written: the breaker must not let through what is only waiting for a write.
			const attempt = { ...result, refused: refusedOf(result) };
			turn.health = afterAttempt(turn.health, attempt, ports.clock.now(), ports.clock.random());
			turn.results.push(result);
		})
		.catch((error: unknown) => void (turn.broken = error))
		.finally(() => {
			turn.undecided -= 1;
			underWay.remove(group, true);
			answered();
			void writeResults(turn);
			turn.wakeUp();
		});
}

async function deliver(turn: Turn, group: Group, answered: () => void): Promise<Result> {
	const { channel, options } = turn;
	const { clock } = turn.ports;
	const startedAt = clock.now();
	const sent = await inOwnTrace(
		'downstream deliver',
		{
			kind: 'client',
			causes: group.deliveries.map(({ trace }) => trace),
			attributes: {
				'downstream.target': turn.target.id,
				'downstream.kind': turn.target.kind,
				'downstream.webhook_id': group.batch,
				'downstream.deliveries': group.deliveries.length,
			},
		},
		() => channel.deliver(group, answered),
		({ attempts, verdict }) => ({
			attributes: { 'downstream.requests': attempts.length },
			error: verdict && verdict.kind !== 'delivered' ? `${verdict.code}: ${verdict.message}` : null,
		}),
	);
	const now = clock.now();
	const settlements = sent.results.map(({ deliveries, verdict }): Settlement => ({
		deliveries,
		at: now,
		outcome: outcomeOf(verdict, deliveries, {
			now,
			probing: turn.isProbing,
			retry: options.retry,
			holdMaxMs: options.hold_max_ms,
			random: clock.random(),
		}),
	}));
	const held = sent.held === null ? null : Math.min(sent.held, options.hold_max_ms);
	return { ...sent, held, settlements, startedAt, durationMs: now - startedAt };
}

/** What was refused for good of a group whose rest was taken. */
const refusedOf = ({ settlements }: Result) =>
	settlements.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : [])).at(-1) ?? null;
