import type { Clock } from '../kernel/ports.js';
import { afterAttempt, gate, type Health } from './core/target-health.js';
import type { Verdict } from './core/verdict.js';
import type { Channel, Group } from './channel.js';
import { createItemsUnderWay } from './items-under-way.js';
import { outcomeOf } from './outcome-of.js';
import { createPace, type Allowances } from './pace.js';
import type { DeliveryQueue, Settlement } from './ports.js';
import { collects, type DeliveryTarget, type StoredAttempt } from './stored.js';

export interface SendDoors<Target extends DeliveryTarget = DeliveryTarget> {
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
	allowances: Allowances;
}

interface Done {
	settlements: Settlement[];
	startedAt: number;
	attempts: StoredAttempt[];
	verdict: Verdict | null;
	durationMs: number;
	held: number | null;
	pause?: string;
}

const refusedOf = ({ settlements }: Done) =>
	settlements.flatMap(({ outcome }) => (outcome.status === 'failed' ? [outcome.error] : [])).at(-1) ?? null;

/** How long a sender that is busy may take to notice that its target was paused. */
const PAUSE_SEEN_MS = 500;

/** How soon it is looked again for what is due, where something else is on its way meanwhile. */
const LOOK_AGAIN_MS = 50;

/**
 * Sends what one target is owed, until nothing is due. At most one of these runs per target over all nodes (the engine
 * holds a lease), so that order, rate, concurrency and the breaker are kept by plain variables.
 *
 * Claimed deliveries become groups; groups wait in a queue; up to `channel.concurrency` of them are in flight; results
 * wait for a writer that writes all that came in while it was writing. New deliveries are claimed when fewer groups
 * wait than are in flight. Of one item nothing is sent as long as something else of it is on its way.
 * @returns when something will be due next (ms since 1970), or null where nothing waits
 */
export async function sendDue<Target extends DeliveryTarget>(
	targetId: string,
	doors: SendDoors<Target>,
	stopping: () => boolean,
	listen: (woken: () => boolean) => void,
): Promise<number | null> {
	const { clock, queue } = doors;
	const token = clock.id();
	const found = doors.target(targetId);
	if (!found?.options) return null;
	const served = found;
	const options = found.options;
	const byHand = collects(found);
	const state = await doors.state(targetId);
	let { health } = state;
	let written = health;
	if (state.paused) return null;
	let pace: ReturnType<typeof createPace> | null = null;
	const channel = await doors.open(served, async () => pace?.wait());
	const rate = options.rate ? { perSecond: options.rate, burst: Math.max(1, Math.ceil(options.rate)) } : channel.rate;
	pace = createPace(targetId, rate, doors);

	const ready: Group[] = [];
	const done: Done[] = [];
	const underWay = createItemsUnderWay();
	/** Requests that the target is at work on, and groups whose outcome is not known. */
	let inFlight = 0;
	let undecided = 0;
	let nextAt: number | null = null;
	let exhausted = false;
	let isAhead = false;
	let isWoken = false;
	/** Something is due of an item that is under way. */
	let isBlocked = false;
	let isOver = false;
	let probing = false;
	let broken: unknown = null;
	let lookedAt = clock.now();
	let wakeUp: () => void = () => {};
	let writing: Promise<void> | null = null;
	listen(() => {
		if (isOver) return false;
		isWoken = true;
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
			? { claimed: await queue.claimProbe(targetId, token, options.batch_size, byHand), nextAt: null, more: false }
			: await queue.claim(targetId, {
					token,
					now,
					window: options.max_wait_ms,
					batchSize: options.batch_size,
					limit: queue.claimLimit,
					onlyFull,
					busy: channel.readsAhead ? null : underWay.claimed,
					byHand,
				});
		// What is planned from now on wakes this turn.
		isBlocked = 'blocked' in due && due.blocked;
		[nextAt, exhausted] = [due.nextAt, !due.more && !isBlocked];
		if (due.claimed.length === 0) return;
		const groups = await channel.group(due.claimed);
		await queue.nameBatches(groups);
		for (const { batch, deliveries } of groups) for (const delivery of deliveries) delivery.batch = batch;
		for (const group of groups) underWay.add(group);
		ready.push(...groups);
	}

	/** What has become due, here or by a change that was planned meanwhile, is claimed where there is room for it. */
	function lookAgain(): void {
		if (!channel.readsAhead && inFlight >= channel.concurrency) return;
		const isDue = !channel.readsAhead && nextAt !== null && nextAt <= clock.now();
		if (isWoken || isDue) exhausted = false;
		if (isWoken) isAhead = channel.readsAhead;
		isWoken = false;
	}

	/** Puts back what is not to be sent just now; it is still due. */
	async function putBack(): Promise<void> {
		const back = ready.splice(0);
		nextAt = clock.now();
		for (const group of back) underWay.remove(group, false);
		await queue.release(
			back.flatMap(({ deliveries }) => deliveries),
			token,
		);
	}

	async function deliver(next: Group, answered: () => void): Promise<Done> {
		const started = clock.now();
		const sent = await channel.deliver(next, answered);
		const now = clock.now();
		const settlements = sent.results.map(({ deliveries, verdict }): Settlement => ({
			deliveries,
			at: now,
			outcome: outcomeOf(verdict, deliveries, {
				now,
				probing,
				retry: options.retry,
				holdMaxMs: options.hold_max_ms,
				random: clock.random(),
			}),
		}));
		const held = sent.held === null ? null : Math.min(sent.held, options.hold_max_ms);
		return { ...sent, held, settlements, startedAt: started, durationMs: now - started };
	}

	/** Writes whatever has come in, again and again: the longer a write takes, the more goes into the next one. */
	function write(): Promise<void> {
		writing ??= (async () => {
			while (done.length > 0 && broken === null) {
				const batch = done.splice(0);
				const settlements = batch.flatMap((one) => one.settlements);
				const before = written;
				written = health;
				// Before the result can be seen: whoever resumes because of it must not be overtaken by its pause.
				for (const { pause, startedAt } of batch) if (pause !== undefined) await doors.pause(served, pause, startedAt);
				await queue.settle(
					targetId,
					token,
					settlements,
					batch.flatMap(({ attempts }) => attempts),
					written,
				);
				if (before.openedAt !== null && written.openedAt === null) await queue.hurry(targetId, clock.now());
				await doors.settled(served, written, settlements);
				// A retry has to be waited for, and a target that is back has a backlog.
				const retries = settlements.some(({ outcome }) => outcome.status === 'retrying');
				const asked = batch.every(({ verdict }) => verdict !== null);
				if (probing ? health.openedAt === null || !asked : retries) exhausted = false;
			}
		})()
			.catch((error: unknown) => {
				broken = Object.assign(new Error(String(error), { cause: error }), { unstored: true });
			})
			.finally(() => {
				writing = null;
				wakeUp();
			});
		return writing;
	}

	function start(next: Group): void {
		underWay.send(next);
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
				health = afterAttempt(health, { ...result, refused: refusedOf(result) }, clock.now(), clock.random());
				done.push(result);
			})
			.catch((error: unknown) => void (broken = error))
			.finally(() => {
				undecided -= 1;
				underWay.remove(next, true);
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
			if (halted && ready.length > 0) await putBack();
			lookAgain();
			if (halted) [exhausted, isWoken] = [true, false];
			if (!exhausted && ready.length < channel.concurrency) await fill();
			let waitMs = 0;
			while (inFlight < channel.concurrency) {
				const free = underWay.firstFree(ready);
				if (free < 0 || !doors.slots.take()) break;
				waitMs = pace.take(options.rate ? null : channel.rateOf?.(ready[free] as Group));
				if (waitMs > 0) {
					doors.slots.give();
					break;
				}
				start(...(ready.splice(free, 1) as [Group]));
			}
			const isIdle = ready.length === 0 && undecided === 0 && done.length === 0 && writing === null;
			isOver = isIdle && exhausted && !isWoken;
			if (isOver) break;
			if (isIdle) continue;
			if (channel.readsAhead && !exhausted && ready.length < channel.concurrency) {
				isAhead = true;
				continue;
			}
			await new Promise<void>((resolve) => {
				wakeUp = resolve;
				if (waitMs > 0 || inFlight === 0) setTimeout(resolve, Math.max(1, Math.min(waitMs || 10, 1_000)));
				else if (nextAt !== null && !isBlocked && !channel.readsAhead && inFlight < channel.concurrency)
					setTimeout(resolve, Math.min(Math.max(LOOK_AGAIN_MS, nextAt - clock.now()), 60_000));
			});
		}
	} finally {
		isOver = true;
		if (ready.length > 0) await putBack().catch(() => {});
	}
	const after = gate(health, clock.now());
	if (after.allow === 'nothing') return after.until;
	return doors.target(targetId) === served ? nextAt : clock.now();
}
