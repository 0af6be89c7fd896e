import { takeOne, type Allowance } from '../core/allowance.js';
import { afterAttempt, gate, type Health } from '../core/target-health.js';
import { waitBeforeRetry, type Verdict } from '../core/verdict.js';
import type { Channel, Group } from './channel.js';
import type { ClaimedDelivery, Clock, DeliveryQueue, Settlement } from './ports.js';
import type { StoredAttempt, Target } from './stored.js';

export interface SendDoors {
	clock: Clock;
	queue: DeliveryQueue;
	/** The published target of that id, or null. */
	target(id: string): Target | null;
	/** The way to a target, made anew for each turn. */
	open(target: Target, allowed: () => Promise<void>): Promise<Channel>;
	/** What the tables know of the target's health. */
	state(id: string): Promise<{ health: Health; paused: boolean }>;
	/**
	 * Nothing more is to be sent until somebody has looked: nobody lives there any more, or we are not let in.
	 * @param askedAt when the request was begun (ms since 1970): an answer from before a resume does not undo it
	 */
	pause(target: Target, reason: string, askedAt: number): Promise<void>;
	/** Told of every settled batch, after it was written. */
	settled(target: Target, health: Health, settlements: Settlement[]): Promise<void>;
	/** Requests that this process may still open, over all targets. */
	slots: { take(): boolean; give(): void };
}

interface Done {
	settlements: Settlement[];
	startedAt: number;
	attempts: StoredAttempt[];
	verdict: Verdict;
	durationMs: number;
	held: number | null;
	pause?: string;
}

/** How long a sender that is busy may take to notice that its target was paused. */
const PAUSE_SEEN_MS = 500;

/**
 * Sends what one target is owed, until nothing is due. At most one of these runs per target over all nodes (the engine
 * holds a lease), so that order, rate, concurrency and the breaker are kept by plain variables.
 *
 * Claimed deliveries become groups; groups wait in a queue; up to `channel.concurrency` of them are in flight; results
 * wait for a writer that writes all that came in while it was writing. New deliveries are claimed when fewer groups
 * wait than are in flight.
 * @returns when something will be due next (ms since 1970), or null where nothing waits
 */
export async function sendDue(
	targetId: string,
	doors: SendDoors,
	stopping: () => boolean,
	listen: (woken: () => boolean) => void,
): Promise<number | null> {
	const { clock, queue } = doors;
	const token = clock.id();
	const found = doors.target(targetId);
	if (!found?.options) return null;
	const served: Target = found;
	const options = found.options;
	const state = await doors.state(targetId);
	let { health } = state;
	let written = health;
	if (state.paused) return null;
	const channel = await doors.open(served, allowed);
	const rate = options.rate ? { perSecond: options.rate, burst: Math.max(1, Math.ceil(options.rate)) } : channel.rate;

	const ready: Group[] = [];
	const done: Done[] = [];
	let allowance: Allowance | null = null;
	/** Requests that the target is at work on, and groups whose outcome is not known. */
	let inFlight = 0;
	let undecided = 0;
	let nextAt: number | null = null;
	let exhausted = false;
	let isAhead = false;
	let isOver = false;
	let probing = false;
	let broken: unknown = null;
	let lookedAt = clock.now();
	let wakeUp: () => void = () => {};
	let writing: Promise<void> | null = null;
	if (channel.readsAhead)
		listen(() => {
			if (isOver) return false;
			[isAhead, exhausted] = [true, false];
			wakeUp();
			return true;
		});

	async function fill(): Promise<void> {
		const now = clock.now();
		if (now - lookedAt > PAUSE_SEEN_MS) {
			lookedAt = now;
			if ((await doors.state(targetId)).paused) {
				[nextAt, exhausted] = [null, true];
				return;
			}
		}
		// While the target is at work, what comes in goes on being collected until it fills a request.
		const onlyFull = isAhead && inFlight >= channel.concurrency;
		isAhead = false;
		const open = gate(health, now);
		if (open.allow === 'nothing') {
			[nextAt, exhausted] = [open.until, true];
			return;
		}
		probing = open.allow === 'probe';
		const due = probing
			? { claimed: await queue.claimProbe(targetId, token, options.batch_size), nextAt: null, more: false }
			: await queue.claim(targetId, {
					token,
					now,
					window: options.max_wait_ms,
					batchSize: options.batch_size,
					limit: queue.claimLimit,
					onlyFull,
				});
		// What is planned from now on wakes a new turn.
		[nextAt, exhausted] = [due.nextAt, !due.more];
		if (due.claimed.length === 0) return;
		const groups = await channel.group(due.claimed);
		await queue.nameBatches(groups);
		for (const { batch, deliveries } of groups) for (const delivery of deliveries) delivery.batch = batch;
		ready.push(...groups);
	}

	/** Waits until the rate limit has a further request left, and takes it. */
	async function allowed(): Promise<void> {
		for (let wait = takeAllowance(); wait > 0; wait = takeAllowance())
			await new Promise((resolve) => setTimeout(resolve, wait));
	}

	/** Takes one request out of the rate limit, or gives the ms until there is one. */
	function takeAllowance(): number {
		if (!rate) return 0;
		const taken = takeOne(allowance, rate, clock.now());
		allowance = taken.allowance;
		return taken.waitMs;
	}

	async function deliver(next: Group, answered: () => void): Promise<Done> {
		const started = clock.now();
		const sent = await channel.deliver(next, answered);
		const now = clock.now();
		const settlements = sent.results.map(({ deliveries, verdict }): Settlement => ({
			deliveries,
			at: now,
			outcome: outcomeOf(verdict, deliveries, now),
		}));
		return { ...sent, settlements, startedAt: started, durationMs: now - started };
	}

	/** A probe ahead of the delivery's own schedule is an extra try that costs it nothing. */
	function outcomeOf(verdict: Verdict, deliveries: ClaimedDelivery[], now: number): Settlement['outcome'] {
		if (verdict.kind === 'delivered') return { status: 'delivered' };
		const error = { code: verdict.code, message: verdict.message };
		const [first] = deliveries;
		const counts = !(probing && first && first.tries > 0 && first.nextAt > now);
		if (verdict.kind !== 'retry') return { status: 'failed', counts, error };
		if (!counts && first) return { status: 'retrying', nextAt: first.nextAt, counts, error };
		const wait = waitBeforeRetry(
			Math.max(...deliveries.map(({ tries }) => tries)) + 1,
			options.retry,
			verdict.retryAfterMs,
			clock.random(),
		);
		if (wait === null)
			return {
				status: 'failed',
				counts,
				error: { code: error.code, message: `given up after ${options.retry.tries} tries: ${error.message}` },
			};
		return { status: 'retrying', nextAt: now + wait, counts, error };
	}

	/** Writes whatever has come in, again and again: the longer a write takes, the more goes into the next one. */
	function write(): Promise<void> {
		writing ??= (async () => {
			while (done.length > 0 && broken === null) {
				const batch = done.splice(0);
				const before = written;
				written = health;
				// Before the result can be seen: whoever resumes because of it must not be overtaken by its pause.
				for (const { pause, startedAt } of batch) if (pause !== undefined) await doors.pause(served, pause, startedAt);
				await queue.settle(
					targetId,
					token,
					batch.flatMap(({ settlements }) => settlements),
					batch.flatMap(({ attempts }) => attempts),
					written,
				);
				if (before.openedAt !== null && written.openedAt === null) await queue.hurry(targetId, clock.now());
				await doors.settled(
					served,
					written,
					batch.flatMap(({ settlements }) => settlements),
				);
				// A retry has to be waited for, and a target that is back has a backlog.
				const retries = batch.some(({ settlements }) =>
					settlements.some(({ outcome }) => outcome.status === 'retrying'),
				);
				if (probing ? health.openedAt === null : retries) exhausted = false;
			}
		})()
			.catch((error: unknown) => void (broken = error ?? new Error('unknown')))
			.finally(() => {
				writing = null;
				wakeUp();
			});
		return writing;
	}

	function start(next: Group): void {
		inFlight += 1;
		undecided += 1;
		let isAnswered = false;
		const answered = () => {
			if (isAnswered) return;
			isAnswered = true;
			inFlight -= 1;
			doors.slots.give();
			wakeUp();
		};
		// Nothing follows a probe before it is known what became of it.
		void deliver(next, probing ? () => {} : answered)
			.then((result) => {
				// At once, not when it is written: the breaker must not let through what is only waiting for a write.
				health = afterAttempt(health, result, clock.now(), clock.random());
				done.push(result);
			})
			.catch((error: unknown) => void (broken = error))
			.finally(() => {
				undecided -= 1;
				answered();
				void write();
				wakeUp();
			});
	}

	try {
		for (;;) {
			if (broken !== null) {
				// Whoever goes on takes over what is being sent, which must not still be on its way from here.
				while (undecided > 0) await new Promise<void>((resolve) => (wakeUp = resolve));
				throw broken;
			}
			const halted =
				stopping() ||
				doors.target(targetId) !== served ||
				(ready.length > 0 && !probing && gate(health, clock.now()).allow === 'nothing');
			if (halted && ready.length > 0)
				await queue.release(
					ready.splice(0).flatMap(({ deliveries }) => deliveries),
					token,
				);
			if (halted) exhausted = true;
			if (!exhausted && ready.length < channel.concurrency) await fill();
			let waitMs = 0;
			while (ready.length > 0 && inFlight < channel.concurrency && doors.slots.take()) {
				waitMs = takeAllowance();
				if (waitMs > 0) {
					doors.slots.give();
					break;
				}
				start(ready.shift() as Group);
			}
			const isIdle = ready.length === 0 && undecided === 0 && done.length === 0 && writing === null;
			isOver = isIdle && exhausted;
			if (isOver) break;
			if (isIdle) continue;
			if (channel.readsAhead && !exhausted && ready.length < channel.concurrency) {
				isAhead = true;
				continue;
			}
			await new Promise<void>((resolve) => {
				wakeUp = resolve;
				if (waitMs > 0 || inFlight === 0) setTimeout(resolve, Math.max(1, Math.min(waitMs || 10, 1_000)));
			});
		}
	} finally {
		isOver = true;
		if (ready.length > 0)
			await queue
				.release(
					ready.flatMap(({ deliveries }) => deliveries),
					token,
				)
				.catch(() => {});
	}
	const after = gate(health, clock.now());
	if (after.allow === 'nothing') return after.until;
	return doors.target(targetId) === served ? nextAt : clock.now();
}
