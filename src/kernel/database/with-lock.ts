import type { Knex } from 'knex';
import type { Clock } from '../ports.js';
import { acquireLease, releaseLease } from './leases.js';

/** Does the work while no other process does work of that name; waits for its turn, at most as long as others live. */
export async function withLock<T>(database: Knex, clock: Clock, name: string, work: () => Promise<T>): Promise<T> {
	const holder = clock.id();
	while (!(await acquireLease(database, name, holder, 15_000, clock.now())))
		await new Promise((resolve) => setTimeout(resolve, 200));
	const renewal = setInterval(
		() => void acquireLease(database, name, holder, 15_000, clock.now()).catch(() => {}),
		5_000,
	);
	try {
		return await work();
	} finally {
		clearInterval(renewal);
		await releaseLease(database, name, holder);
	}
}
