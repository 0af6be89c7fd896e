import type { Knex } from 'knex';
import { PURGE_KINDS, type PurgeKind } from '../contract/vocabulary.js';
import type { FlushResult } from '../contract/answers/targets.js';
import { NO_OLD_VALUES } from '../delivery/core/old-values.js';
import type { Engine } from '../delivery/engine.js';
import { addDeliveries } from '../delivery/tables/delivery-table.js';
import { recordOperation } from '../delivery/tables/operation-table.js';
import { showRequest } from '../kernel/core/mask.js';
import type { Clock } from '../kernel/ports.js';
import type { AdapterTarget, FlushChange } from './adapters/adapter.js';
import { adapters } from './adapters/index.js';
import { purgeable, requestsOf } from './adapters/requests-of.js';
import { withSignature } from '../kernel/core/signature.js';
import type { FlushTarget } from './flush-target.js';
import { hiddenOf } from './hidden-of.js';
import { unsigned } from './sign-requests.js';

/** What a user wants purged, whether or not any rule or item has to do with it. */
export interface PurgeAsked {
	tags: string[];
	paths: string[];
	prefixes: string[];
	everything: boolean;
}

/** What is asked for that the target cannot purge, and what it can; null where it can do all of it. */
export function cannotPurge(
	target: FlushTarget & { options: object },
	asked: PurgeAsked,
): { cannot: PurgeKind[]; can: PurgeKind[] } | null {
	const can = purgeable(adapters[target.adapter], wireOf(target, null));
	const wanted = PURGE_KINDS.filter((kind) => (kind === 'everything' ? asked.everything : asked[kind].length > 0));
	const cannot = wanted.filter((kind) => !can.includes(kind));
	return cannot.length > 0 ? { cannot, can } : null;
}

/** Queues one delivery that purges what was asked for, or shows its requests. It is no change of any item. */
export async function purgeByHand(
	ports: { database: Knex; clock: Clock; engine: Pick<Engine, 'wake'> },
	target: FlushTarget & { options: object },
	{ asked, user, dryRun }: { asked: PurgeAsked; user: string | null; dryRun: boolean },
): Promise<FlushResult> {
	const { database, clock, engine } = ports;
	const { tags, paths, ...wide } = asked;
	const [operation, now] = [clock.id(), clock.now()];
	if (dryRun) return { dry_run: true, count: 1, requests: await preview(target, asked, ports), nothing: [] };
	await database.transaction(async (transaction) => {
		const delivery = {
			kind: 'flush' as const,
			target: target.id,
			collection: 'downstream',
			// An item of its own: two purges never stand in for each other.
			item: operation,
			event: 'update' as const,
			rule: null,
			reason: 'purged by hand',
			old: { ...NO_OLD_VALUES, tags, paths, wide },
			asItWas: false,
			changedAt: now,
			changeId: null,
			nextAt: now,
			user,
			trace: null,
			operation,
		};
		await addDeliveries(transaction, [delivery], clock.id, now);
		const detail = { ...asked, count: 1 };
		await recordOperation(transaction, { id: operation, at: now, user, action: 'purge', target: target.id, detail });
	});
	engine.wake(target.id);
	return { operation, count: 1 };
}

const wireOf = ({ url, authHeader, options }: FlushTarget, apiKey: string | null): AdapterTarget => ({
	url,
	authHeader,
	apiKey,
	options: options as AdapterTarget['options'],
});

async function preview(target: FlushTarget, { tags, paths, ...wide }: PurgeAsked, { clock }: { clock: Clock }) {
	const adapter = adapters[target.adapter];
	const secrets = await target.secrets();
	const hidden = hiddenOf(target, secrets, adapter);
	const what = { collection: 'downstream', event: 'update' as const, item: 'purge', fields: {}, previous: null };
	const change: FlushChange = { ...what, tags, paths, wide, timestamp: clock.now() };
	const as = { ...adapter, id: clock.id(), secrets: secrets.signing, extra: target.options?.headers };
	return requestsOf(adapter, [change], wireOf(target, secrets.apiKey)).map((request) =>
		showRequest(withSignature(unsigned(request, adapter), as, clock.now()), hidden),
	);
}
