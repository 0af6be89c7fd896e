import type { Clock } from '../kernel/ports.js';
import type { Settlement } from './ports.js';

/** An incident as it is stored. */
export interface RunningIncident {
	id: string;
	target: string;
	kind: 'flush' | 'sync';
	startedAt: number;
	resolvedAt: number | null;
	count: number;
	lastError: { code: string; message: string };
	notifiedAt: number | null;
}

/** What the users of a target are told; `refused`: something failed for good, and the rest arrives. */
export type Notice = 'began' | 'over' | 'digest' | 'refused';

export interface IncidentPorts {
	clock: Clock;
	kindOf(target: string): RunningIncident['kind'];
	latest(target: string): Promise<RunningIncident | null>;
	/** Those of targets that something is sent to. */
	running(): Promise<RunningIncident[]>;
	save(incident: RunningIncident): Promise<void>;
	/** Whether the target still has deliveries that wait for another try. */
	hasRetrying(target: string): Promise<boolean>;
	/** Never throws: a notification that fails is logged. */
	notify(incident: RunningIncident, notice: Notice): Promise<void>;
}

/** A target that fails again this soon after an incident is in the same one: flapping is not reported twice a minute. */
const SAME_INCIDENT_MS = 300_000;
const DIGEST_MS = 86_400_000;

/**
 * One incident for each time that a target keeps failing. It begins with the first failure; people are told once a second
 * attempt has failed too, or at once where nothing will be retried, so that a hiccup notifies no user. It is over when an
 * attempt succeeds and nothing waits for a retry any more. While it lasts, people hear of it once a day.
 */
export function createIncidents(ports: IncidentPorts) {
	const { clock } = ports;
	/** Targets known to have no running incident: successes, the common case, then cost nothing. */
	const calm = new Set<string>();

	async function settled(target: string, all: Settlement[]): Promise<void> {
		const settlements = all.filter(({ outcome }) => outcome.status !== 'cancelled');
		if (settlements.length === 0) return;
		const failures = settlements.flatMap(({ outcome }) =>
			outcome.status === 'failed' || outcome.status === 'retrying' ? [outcome] : [],
		);
		const isTaken = settlements.at(-1)?.outcome.status === 'delivered';
		const error = failures.at(-1)?.error;
		// A target that takes some deliveries and refuses others for good has no incident: it would never end.
		const isPicky = failures.every(({ status }) => status === 'failed') && failures.length < settlements.length;
		const isFinal = failures.some(({ status }) => status === 'failed');
		const notice = isPicky ? 'refused' : 'began';
		const notified = error !== undefined && (await failed(target, failures.length, error, isFinal, notice));
		if (isTaken || isPicky) await succeeded(target, notified && isPicky);
	}

	const begin = (target: string, now: number): Omit<RunningIncident, 'count' | 'lastError'> => {
		return { id: clock.id(), target, kind: ports.kindOf(target), startedAt: now, resolvedAt: null, notifiedAt: null };
	};

	/** Something failed `times` times; `final` where it will not be tried again. */
	async function failed(
		target: string,
		times: number,
		error: { code: string; message: string },
		final: boolean,
		notice: Notice = 'began',
	): Promise<boolean> {
		calm.delete(target);
		const now = clock.now();
		const latest = await ports.latest(target);
		const same = latest && (latest.resolvedAt === null || now - latest.resolvedAt < SAME_INCIDENT_MS);
		const incident: RunningIncident = same
			? { ...latest, resolvedAt: null, count: latest.count + times, lastError: error }
			: { ...begin(target, now), count: times, lastError: error };
		const tell = incident.notifiedAt === null && (final || incident.count >= 2);
		await ports.save(tell ? { ...incident, notifiedAt: now } : incident);
		if (tell) await ports.notify(incident, notice);
		return tell;
	}

	/** @param quietly where people have just been told all there is to say */
	async function succeeded(target: string, quietly = false): Promise<void> {
		if (calm.has(target)) return;
		const latest = await ports.latest(target);
		if (latest && latest.resolvedAt === null) {
			if (await ports.hasRetrying(target)) return;
			const over = { ...latest, resolvedAt: clock.now() };
			await ports.save(over);
			if (latest.notifiedAt !== null && !quietly) await ports.notify(over, 'over');
		}
		calm.add(target);
	}

	/** Its target was deleted: no notification is needed any more. */
	async function ended(target: string): Promise<void> {
		const latest = await ports.latest(target);
		if (latest && latest.resolvedAt === null) await ports.save({ ...latest, resolvedAt: clock.now() });
	}

	/** Reminds people of running incidents. */
	async function digest(): Promise<void> {
		const now = clock.now();
		for (const incident of await ports.running()) {
			if (incident.notifiedAt === null || now - incident.notifiedAt < DIGEST_MS) continue;
			await ports.save({ ...incident, notifiedAt: now });
			await ports.notify(incident, 'digest');
		}
	}

	return { settled, failed, succeeded, ended, digest };
}
