import { NOT_SENT } from '../../delivery/stored.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import { changesOf, type OutgoingChangePorts } from './outgoing-changes.js';
import type { SyncPlan } from './plan-sync.js';
import type { SupposedIds } from './supposed-ids.js';

/** What each delivery of a plan would say, although nothing of the plan is stored; or why it would say nothing. */
export async function changesOfPlan(
	deliveries: SyncPlan['deliveries'],
	{
		supposed,
		channel,
		rules,
		operation = null,
		newId,
	}: {
		supposed: SupposedIds;
		channel: OutgoingChangePorts;
		rules: readonly CompiledSyncRule[];
		/** What somebody does by hand: the rows are sent whatever is there. */
		operation?: string | null;
		newId(): string;
	},
): Promise<Map<ClaimedDelivery, SyncChange | Verdict>> {
	const claimed = deliveries.map((delivery): ClaimedDelivery => ({
		...delivery,
		operation,
		...NOT_SENT,
		id: newId(),
		token: '',
		createdAt: 0,
		nextAt: 0,
		from: 'pending',
		named: false,
	}));
	return changesOf(claimed, {
		identityOf: channel.identityOf,
		holdOn: channel.holdOn,
		partial: channel.partial,
		held: channel.held,
		reads: supposed.over(channel.reads, { withVersions: true }),
		ruleOf: ({ collection }) => rules.find(({ rule }) => rule.collection === collection) ?? null,
	});
}
