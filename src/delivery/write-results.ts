import { bringsMore } from './core/turn.js';
import type { Result, Turn } from './turn.js';

/** Writes whatever has come in, again and again: the longer a write takes, the more goes into the next one. */
export function writeResults(turn: Turn): Promise<void> {
	turn.writing ??= writeAll(turn)
		.catch((error: unknown) => {
			turn.isUnwritable = true;
			turn.broken = Object.assign(new Error(String(error), { cause: error }), { unstored: true });
		})
		.finally(() => {
			turn.writing = null;
			turn.wakeUp();
		});
	return turn.writing;
}

async function writeAll(turn: Turn): Promise<void> {
	while (turn.results.length > 0 && !turn.isUnwritable) await writeBatch(turn, turn.results.splice(0));
}

async function writeBatch(turn: Turn, batch: Result[]): Promise<void> {
	const { ports, target, token } = turn;
	const settlements = batch.flatMap((result) => result.settlements);
	const before = turn.written;
	const health = turn.health;
	turn.written = health;
	// Pause before the result is visible: otherwise a person who sees it and resumes would be overtaken by this pause.
	for (const { pause, startedAt } of batch) if (pause !== undefined) await ports.pause(target, pause, startedAt);
	const attempts = batch.flatMap((result) => result.attempts);
	await ports.queue.settle(target.id, token, settlements, attempts, health);
	if (before.openedAt !== null && health.openedAt === null) await ports.queue.hurry(target.id, ports.clock.now());
	// What is another node's by now, that one has counted, or will.
	if (turn.holds()) await ports.settled(target, health, settlements);
	const isMoreDue = bringsMore(
		settlements.map(({ outcome }) => outcome),
		{
			isProbing: turn.isProbing,
			isOpen: turn.health.openedAt !== null,
			isAsked: batch.every(({ verdict }) => verdict !== null),
		},
	);
	if (isMoreDue) turn.supply = { ...turn.supply, isExhausted: false };
}
