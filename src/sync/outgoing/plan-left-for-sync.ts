import type { Clock, Logger } from '../../kernel/ports.js';
import type { Knex } from 'knex';
import type { RecordedChange } from '../../capture/core/item-change.js';
import type { RemotesInForce } from '../sync-host.js';
import type { Sync } from '../open-sync.js';
import { addDeliveries } from '../../delivery/tables/delivery-table.js';
import { insertChanges, readLeftForSync, removeFromOutbox } from '../../capture/tables/outbox-table.js';
import type { SharedTransaction } from '../../kernel/database/shared-transaction.js';

/** Changes that are tried again at a time, one by one. */
const TRIED = 50;

/** How often the same trouble is told. */
const TELL_MS = 60_000;

/** Puts changes aside that could not be planned for other instances, so that flush targets need not wait for them. */
export async function leaveForSync(
	transaction: Knex,
	changes: RecordedChange[],
	rules: Pick<RemotesInForce, 'syncRulesOf'>,
): Promise<void> {
	const left = changes.filter(({ collection }) => rules.syncRulesOf(collection).length > 0);
	if (left.length === 0) return;
	await insertChanges(
		transaction,
		left.map(({ collection, item, event, at, user, absent, fields, trace = null }) => ({
			collection,
			item,
			event,
			at,
			user,
			before: absent ? { columns: null, between: null, related: null } : null,
			fields,
			trace,
			source: 'sync' as const,
		})),
	);
}

/**
 * Plans changes that were put aside, each by itself, so that one that cannot be planned holds up no other. What still
 * cannot be stays. Gives the sources that have something to send.
 */
export function createLeftPlanner(ports: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	rules: RemotesInForce;
	sync: Pick<Sync, 'plan' | 'keepPlan'>;
	together: SharedTransaction;
}): () => Promise<Set<string>> {
	const { database, clock, logger, rules, sync, together } = ports;
	let toldAt = 0;

	/** The sources that have something to send of one change; none where another process has planned it. */
	async function planOne(change: RecordedChange): Promise<string[]> {
		const plan = await sync.plan([change]);
		const now = clock.now();
		const deliveries = plan.deliveries.map((delivery) => ({
			...delivery,
			nextAt: now + (rules.remote(delivery.target)?.options?.max_wait_ms ?? 0),
		}));
		const planned = await together(async (transaction) => {
			if (!(await removeFromOutbox(transaction, [change.id]))) return false;
			await sync.keepPlan(transaction, plan);
			await addDeliveries(transaction, deliveries, clock.id, now);
			return true;
		});
		return planned ? deliveries.map(({ target }) => target) : [];
	}

	function tell(change: RecordedChange, error: unknown): void {
		if (clock.now() - toldAt < TELL_MS) return;
		toldAt = clock.now();
		const what = `${change.collection} ${change.item}`;
		logger.error(
			`[downstream] a change of ${what} cannot be planned for other instances, and is tried again: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
		);
	}

	return async () => {
		const targets = new Set<string>();
		for (const change of await readLeftForSync(database, TRIED)) {
			try {
				for (const target of await planOne(change)) targets.add(target);
			} catch (error) {
				tell(change, error);
			}
		}
		return targets;
	};
}
