import type { ConfigPorts } from './ports.js';
import { ConfigRefusal } from './refusal.js';

/** How long a second push waits for the first, in ms. Longer than a dead process' lease lasts. */
const PATIENCE_MS = 20_000;
const PAUSE_MS = 200;

interface Running {
	user: string | null;
	since: number;
}

/**
 * One push at a time: within this process by what it remembers, since on SQLite the database cannot even be asked while a
 * push has its only connection; among processes by the lease.
 */
export function createPushLock({ clock, lease }: Pick<ConfigPorts, 'clock' | 'lease'>) {
	let running: Running | null = null;

	/** Does the work under the lease, or says who has it. */
	return async function whileAlone<T>(user: string | null, work: (holder: string) => Promise<T>): Promise<T> {
		const holder = clock.id();
		const asked = clock.now();
		const self: Running = { user, since: asked };
		for (;;) {
			const by = running ?? (await takeLease(self));
			if (by === null) break;
			if (clock.now() - asked > PATIENCE_MS) throw locked(by);
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
		try {
			return await work(holder);
		} finally {
			await lease.giveBack(holder).catch(() => {});
			running = null;
		}

		async function takeLease(mine: Running): Promise<Running | null> {
			// Before the database is asked, so that no other request of this process asks at the same time.
			running = mine;
			try {
				const answer = await lease.take(holder, user);
				if (answer.taken) return null;
				running = null;
				return answer.by;
			} catch (error) {
				running = null;
				throw error;
			}
		}
	};
}

const locked = ({ user, since }: Running) =>
	new ConfigRefusal(
		423,
		'LOCKED',
		`another push has been running since ${new Date(since).toISOString()}${user ? `, by the user ${user}` : ''}; try again when it is over`,
		{ by: user, since: new Date(since).toISOString() },
	);
