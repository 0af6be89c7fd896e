import { isAboutKey } from '../core/link/pause-reason.js';
import type { SyncPorts } from '../sync-ports.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import { readTargetStates } from '../../delivery/tables/target-state-table.js';

/** Resumes links that stopped because their key was refused, once another key is saved. */
export async function resumeWithNewKey(
	{ database, clock, logger, resume, rules }: SyncPorts<'clock' | 'database' | 'logger' | 'resume' | 'rules'>,
	targets: readonly string[],
	user: string | null,
): Promise<void> {
	const states = await readTargetStates(database);
	for (const target of targets) {
		const { paused = false, pausedReason = null } = states.get(target) ?? {};
		if (!paused || !isAboutKey(pausedReason)) continue;
		await resume(target);
		const reason = 'a new key was saved';
		await recordOperation(database, {
			id: clock.id(),
			at: clock.now(),
			user,
			action: 'resume',
			target,
			detail: { reason },
		});
		logger.info(`[downstream] "${rules.remote(target)?.name ?? target}" goes on: ${reason}`);
	}
}
