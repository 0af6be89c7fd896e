import { shownItem, suppose, UNBORN, type Supposed } from '../../kernel/suppose-change.js';
import type { Items } from '../../kernel/ports.js';
import type { Row } from '../../kernel/core/row.js';
import type { RecordedChange } from '../../capture/core/item-change.js';
import { secretsOf, showRequest } from '../../kernel/core/mask.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import { versionId } from '../core/merge/row-version.js';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { Preview, RulePreview } from '../../contract/answers/targets.js';
import type { RemoteSource } from '../remote-source.js';
import { onePerRow } from './outgoing-changes.js';
import { changesOfPlan } from './supposed-changes.js';
import { SupposedIds } from './supposed-ids.js';
import { planSync, type SyncPlan } from './plan-sync.js';
import { applyBody, applyRequest } from '../incoming/apply-request.js';
import type { SyncReads } from '../rows/sync-reads.js';
import type { PlanSyncPorts } from './plan-sync-ports.js';
import type { SyncChannelPorts } from './sync-channel-ports.js';

export interface PreviewSyncPorts {
	plan: PlanSyncPorts;
	channel: SyncChannelPorts;
	items: Items;
	primary(collection: string): string;
	/** Directus' type of each column of a collection. */
	types(collection: string): ReadonlyMap<string, string>;
	/** Whether it is sent through the items API, since the extension is missing there. */
	isPlain: boolean;
}

/**
 * What a remote source would be sent of these items, as the message would go out, and why or why not, rule by rule. An
 * update without values shows the items as they are, also where the other side has them. Sends and keeps nothing.
 */
export async function previewSync(supposed: Supposed, source: RemoteSource, ports: PreviewSyncPorts): Promise<Preview> {
	const { collection, event, payload } = supposed;
	const keys = supposed.keys.length === 0 && event === 'create' ? [UNBORN] : supposed.keys;
	const now = ports.channel.clock.now();
	const items = suppose(ports.items, { ...supposed, keys }, ports.primary(collection), {
		now,
		dialect: ports.items.dialect,
		types: ports.types(collection),
	});
	const reads = supposedReads(ports.plan.reads, { ...supposed, keys });
	const planPorts: PlanSyncPorts = {
		...ports.plan,
		instance: ports.plan.instance,
		reads,
		matching: (name, wanted, when) => items.matching(name, wanted, when),
		rulesOf: (name) => source.rules.filter(({ rule }) => rule.collection === name),
	};
	const changes = keys.map((item, index): RecordedChange => ({
		id: index,
		collection,
		item,
		event,
		at: now,
		user: null,
		before: null,
		between: null,
		beforeRelated: null,
		absent: false,
		fields: null,
	}));
	const planned = await planSync(changes, planPorts);
	const whole = event === 'update' && payload === null;
	const plan = whole ? withAll(planned, await planSync(changes, { ...planPorts, force: true })) : planned;
	const own = plan.deliveries.filter((delivery) => delivery.collection === collection);
	const rules = source.rules.filter(({ rule }) => rule.collection === collection);
	const [first] = rules;
	const reasonsByItem = new Map(own.map(({ item, reason }) => [item, reason]));
	const present = new Set((await reads.rows(collection, keys, [])).keys());
	const statements = (first ? keys : []).map((item) => {
		const reason = reasonsByItem.get(item);
		const why = reason ?? (first ? whyNot(event, present.has(item), first) : '');
		return { item: shownItem(item), send: reason !== undefined, reason: why };
	});
	const reasons = statements.filter(({ send }) => send || own.length === 0).map(({ reason }) => reason);
	const nothing = first ? 'no items were named' : `no rule is about ${collection}`;
	return {
		id: source.id,
		name: source.name,
		matched: own.length > 0,
		reason: [...new Set(reasons)].join('; ') || nothing,
		rule: first?.rule ?? null,
		requests: await requestsFor(plan, source, { ...ports, reads }),
		rules: rules.map(({ index, rule }): RulePreview => ({
			index,
			collection: rule.collection,
			matched: own.length > 0,
			items: statements,
		})),
		issues: source.issues,
	};
}

function whyNot(event: string, isThere: boolean, compiled: CompiledSyncRule): string {
	if (compiled.rule.direction === 'pull') return 'the rule only takes changes from there';
	if (event === 'delete') return 'it was never synced, so nobody there can have it';
	if (!isThere) return 'there is no such item';
	if (compiled.onlyReferenced) return 'it is sent along with items that refer to it';
	return compiled.rule.when
		? '`when` does not match, or the other side has it already'
		: 'the other side has it already';
}

/** Edited fields as planned, the others as agreed. */
export function withAll(planned: SyncPlan, forced: SyncPlan): SyncPlan {
	const place = ({ collection, item }: SyncPlan['deliveries'][number]) => `${collection}/${item}`;
	const known = new Set(planned.deliveries.map(place));
	const records = new Set(planned.versions.map(versionId));
	const rest = forced.deliveries
		.filter((delivery) => !known.has(place(delivery)))
		.map((delivery) => ({ ...delivery, reason: 'as it is now, if it were changed' }));
	return {
		...planned,
		versions: [...planned.versions, ...forced.versions.filter((version) => !records.has(versionId(version)))],
		deliveries: [...planned.deliveries, ...rest],
	};
}

/** The rows as they would be after the supposed change. */
function supposedReads(reads: SyncReads, { collection, event, keys, payload }: Supposed): SyncReads {
	const about = new Set(keys);
	return {
		...reads,
		async rows(name, wanted, columns, options) {
			const born = wanted.filter((key) => key !== UNBORN);
			const rows = await reads.rows(name, born, columns, options);
			if (name !== collection) return rows;
			if (event === 'delete') return new Map([...rows].filter(([key]) => !about.has(key)));
			const supposed = new Map<string, Row>();
			for (const key of wanted) {
				const row = rows.get(key) ?? (event === 'create' && about.has(key) ? {} : null);
				if (row) supposed.set(key, about.has(key) ? { ...emptyOf(columns, event), ...row, ...payload } : row);
			}
			return supposed;
		},
	};
}

const emptyOf = (columns: string[], event: string): Row =>
	event === 'create' ? Object.fromEntries(columns.map((column) => [column, null])) : {};

/** The requests as they would go out, with the records and ids that the plan would have kept; secrets are masked. */
async function requestsFor(
	plan: SyncPlan,
	source: RemoteSource,
	{ channel, reads, isPlain }: PreviewSyncPorts & { reads: SyncReads },
): Promise<WireRequest[]> {
	const { options } = source;
	if (plan.deliveries.length === 0 || !options || isPlain) return [];
	const supposed = new SupposedIds();
	supposed.learn(plan);
	const changes = await changesOfPlan(plan.deliveries, {
		supposed,
		channel: { ...channel, reads },
		rules: source.rules,
		newId: channel.clock.id,
	});
	const sent = onePerRow([...changes.values()].flatMap((change) => ('kind' in change ? [] : [change])));
	if (sent.length === 0) return [];
	const apiKey = await source.apiKey();
	const body = applyBody(
		channel.instance,
		sent.map((change) => JSON.stringify(change)),
	);
	const request = applyRequest(source, apiKey, body, { batch: channel.clock.id(), extra: options.headers });
	return [showRequest(request, secretsOf(source, { apiKey, signing: [] }))];
}
