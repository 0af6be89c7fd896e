import { syncOptions } from '../../../schema.js';
import type { Chosen } from '../../contract/promote-routes.js';
import { closureOf } from '../core/rules/compile-sync-rules.js';
import { holdsOf } from '../core/rules/held-back.js';
import { PROTOCOL, syncWelcome } from '../../contract/sync-messages.js';
import { PeerError } from '../core/link/peer-error.js';
import type { Promotion } from '../../contract/answers/previews.js';
import { readRemoteSource } from '../core/rules/read-remote-source.js';
import { checkSyncRules } from '../core/rules/validate-sync-rules.js';
import { checkRemoteSource } from '../core/rules/validate-remote-source.js';
import type { RemoteSource } from '../remote-source.js';
import { askPeer } from '../link/sync-peer.js';
import type { SyncPorts } from '../sync-ports.js';
import { NotPromoted } from './gather.js';
import { promote } from './promote.js';

type CopyPorts = Parameters<typeof promote>[0] & SyncPorts<'http' | 'clock' | 'getSchema', 'instance'>;

export interface CopyAsked {
	url: string;
	apiKey: string;
	items: Chosen;
	/** Fields that find an item that is there already, by collection. */
	match: Record<string, string[]>;
	/** Whether related items that the other side lacks come along. */
	related: boolean;
	dryRun: boolean;
	expect?: string | undefined;
	reason?: string | undefined;
	user: string | null;
}

/** Copies items once to an instance that is not a remote; later changes are not sent to it. */
export async function copy(ports: CopyPorts, asked: CopyAsked): Promise<Promotion> {
	const { sync, http, clock } = ports;
	const { source, collections } = await sourceOnce(ports, asked);
	const question = { from: sync.instance(), path: 'hello', body: { collections }, answer: syncWelcome };
	const welcome = await askPeer(source, question, http);
	if (welcome.instance === sync.instance())
		throw new NotPromoted(
			'SAME_INSTANCE',
			'both have the name of this instance: one is a copy of the other. Say so on the copy: "downstream identity copy"',
		);
	if (welcome.protocol !== PROTOCOL)
		throw new PeerError('PROTOCOL', `${source.url} has another version of Downstream`, 200);
	const holds = holdsOf(source, new Map(Object.entries(welcome.collections)));
	const { items, dryRun, expect, reason, user } = asked;
	return promote(
		ports,
		{ ...source, id: `once:${clock.id()}` },
		{
			chosen: items,
			dryRun,
			expect,
			reason,
			user,
			action: 'copy',
			once: { peer: welcome.instance, holdOn: (collection) => holds[collection] ?? null },
		},
	);
}

/** A remote source that is not stored, with a rule for each collection that may be concerned. */
async function sourceOnce(
	ports: CopyPorts,
	{ url, apiKey, items, match, related }: CopyAsked,
): Promise<{ source: RemoteSource; collections: string[] }> {
	const schema = await ports.getSchema();
	const names = new Set(items.map(({ collection }) => collection));
	const ruleOf = (collection: string) => ({
		collection,
		fields: ['*'],
		direction: 'push' as const,
		...(match[collection] ? { match: match[collection] } : {}),
	});
	if (related)
		for (const collection of names) {
			const [rule] = checkSyncRules([ruleOf(collection)], schema).rules;
			if (!rule) continue;
			for (const needed of closureOf(rule, [rule], schema))
				if (needed.state === 'missing') names.add(needed.collection);
		}
	const rules = [...names].map(ruleOf);
	// Related collections that are never synced are left out; what was asked for says why it cannot be.
	const fine = rules.filter(
		(rule) =>
			checkSyncRules([rule], schema).issues.length === 0 || items.some((item) => item.collection === rule.collection),
	);
	const row = { status: 'published', name: url, url, schema: fine, options: {} };
	const [issue] = checkRemoteSource(row, schema);
	if (issue) throw new NotPromoted('INVALID_PAYLOAD', `${issue.path}: ${issue.message}`);
	const source: RemoteSource = {
		...readRemoteSource(row, 'once', schema),
		options: syncOptions.parse({}),
		apiKey: () => Promise.resolve(apiKey),
	};
	return { source, collections: source.rules.map(({ rule }) => rule.collection) };
}
