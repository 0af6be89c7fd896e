import type { ConfigPorts, PushRecord } from './ports.js';
import { ConfigRefusal } from './refusal.js';

/** What must be true of the pushes before this one. */
export interface PushAfter {
	/** The push that must be the last one; `none`: there must be none; null: any. */
	expect: string | null;
	/** Whether broken pushes are abandoned: they can then be neither finished nor reverted. */
	abandonBrokenOff: boolean;
}

/** How many pushes back to look for the last one that changed anything; failed ones changed nothing. */
const LOOKED_AT = 50;

const NONE = 'none';

/**
 * Refuses a push that may not follow the ones before it. Runs under the lease, so that no other push runs meanwhile.
 *
 * A push that was broken off half way has to be dealt with first. It left neither the old state nor the new one, and after
 * another push, finishing or reverting it would silently undo that push.
 */
export async function checkPushesBefore(
	{ expect, abandonBrokenOff }: PushAfter,
	{ history }: Pick<ConfigPorts, 'history'>,
): Promise<void> {
	const brokenOff = await history.brokenOff();
	if (abandonBrokenOff)
		for (const { id } of brokenOff)
			await history.settle(id, 'partial', { code: 'ABANDONED', message: 'it was broken off half way, and abandoned' });
	const [first] = abandonBrokenOff ? [] : brokenOff;
	if (first)
		throw new ConfigRefusal(
			409,
			'PUSH_BROKEN_OFF',
			`the push ${first.id} was broken off half way, at ${new Date(first.at).toISOString()}: finish it or revert it first`,
			{ push: first.id, at: new Date(first.at).toISOString(), by: first.user },
		);
	if (expect === null) return;
	const { pushes } = await history.list({ limit: LOOKED_AT, page: 1 });
	const last = pushes.find(changedSomething) ?? null;
	if ((last?.id ?? NONE) === expect) return;
	throw new ConfigRefusal(
		409,
		'ANOTHER_PUSH',
		last
			? `the last push is ${last.id} of ${new Date(last.at).toISOString()}${last.user ? `, by the user ${last.user}` : ''}, not ${expect}`
			: `there has been no push yet, but ${expect} was expected`,
		{ push: last?.id ?? null, at: last ? new Date(last.at).toISOString() : null, by: last?.user ?? null },
	);
}

const changedSomething = ({ status }: Pick<PushRecord, 'status'>): boolean => status !== 'failed';
