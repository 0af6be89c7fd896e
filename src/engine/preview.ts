import { adapters } from '../core/adapters/index.js';
import { matchFilter } from '../core/filter.js';
import type { RecordedChange, Row } from '../core/item-change.js';
import { showRequest } from '../core/mask.js';
import { withSignature } from '../core/signature.js';
import type { Issue } from '../core/validate-rules.js';
import type { EventName } from '../core/vocabulary.js';
import type { WireRequest } from '../core/wire.js';
import { buildWatch, type CompiledRule } from '../core/watch.js';
import type { SchemaOverview } from '@directus/types';
import { buildChanges } from './build-changes.js';
import { planChanges, type Explained, type PlannedDelivery } from './plan.js';
import type { Clock, Items } from './ports.js';
import type { FlushTarget, StoredDelivery } from './stored.js';

/** What one target would be sent, and why or why not. */
export interface Preview {
	id: string;
	name: string;
	matched: boolean;
	reason: string;
	rule: unknown;
	requests: WireRequest[];
	/** Every valid rule about the collection, or about items that show the changed ones: what was decided, and why. */
	rules: RulePreview[];
	/** What is wrong with the target: an invalid rule is left out, and with invalid options nothing is sent. */
	issues: Issue[];
}

export interface RulePreview {
	/** Its place in the target's schema. */
	index: number;
	collection: string;
	/** Whether it sends any of the items. */
	matched: boolean;
	items: { item: string; send: boolean; reason: string }[];
}

/** A change that has not happened: these items, and what they would become. */
export interface Supposed {
	collection: string;
	event: EventName;
	keys: string[];
	/** Values that the items would take; without them an update is taken to have changed everything. */
	payload: Row | null;
}

/** Plans and builds as for a real change, and sends nothing (`/dry-run`). */
export async function previewChange(
	supposed: Supposed,
	targets: FlushTarget[],
	schema: SchemaOverview,
	doors: { items: Items; clock: Clock },
): Promise<Preview[]> {
	const { collection, event, payload } = supposed;
	const keys = supposed.keys.length === 0 && event === 'create' ? [UNBORN] : supposed.keys;
	const rules = targets.flatMap((target) => target.rules);
	const watch = buildWatch(rules, schema);
	const primary = (name: string) => schema.collections[name]?.primary ?? 'id';
	const columns = watch.collections.get(collection)?.columns ?? [];
	const real = await doors.items.columns(collection, keys.filter(isBorn), columns);
	const items = suppose(doors.items, { ...supposed, keys }, primary(collection), doors.clock.now());
	const changes = keys.map((item, index): RecordedChange => {
		const row = real.get(item) ?? null;
		const knowsBefore = event === 'delete' || (event === 'update' && payload !== null);
		return {
			id: index,
			collection,
			item,
			event,
			at: doors.clock.now(),
			user: null,
			before: knowsBefore ? row : null,
			between: null,
			beforeRelated: null,
			absent: knowsBefore && row === null,
			fields: null,
		};
	});
	const { deliveries, explained } = await planChanges(changes, watch, { items, clock: doors.clock, primary });
	return Promise.all(
		targets.map(async (target): Promise<Preview> => {
			const planned = deliveries.filter(({ rule }) => rule.target === target.id);
			const said = explained.filter(({ rule }) => rule.target === target.id);
			const reason = [
				...new Set(planned.length > 0 ? planned.map((entry) => entry.reason) : said.map((entry) => entry.reason)),
			].join('; ');
			const rule: CompiledRule | undefined = planned[0]?.rule ?? said[0]?.rule;
			return {
				id: target.id,
				name: target.name,
				matched: planned.length > 0,
				reason:
					reason ||
					(target.rules.some((entry) => entry.rule.collection === collection)
						? 'no items were named'
						: `no rule is about ${collection}`),
				rule: rule?.rule ?? null,
				requests: planned.length > 0 ? await previewRequests(target, planned, items, doors.clock) : [],
				rules: target.rules.flatMap((own) => explainRule(own, collection, planned, said)),
				issues: target.issues,
			};
		}),
	);
}

/** What one rule says to the change; none where it has nothing to do with the collection. */
function explainRule(
	{ index, rule }: CompiledRule,
	changed: string,
	planned: PlannedDelivery[],
	said: Explained[],
): RulePreview[] {
	const own = <T extends { rule: CompiledRule }>(entries: T[]) => entries.filter((entry) => entry.rule.index === index);
	const items = own(said).map(({ item, send, reason }) => ({ item, send, reason }));
	// Where a rule could not be worked out it is sent to be safe, and nothing was decided.
	for (const { item, reason } of own(planned))
		if (!items.some((known) => known.item === item)) items.push({ item, send: true, reason });
	if (items.length === 0 && rule.collection !== changed) return [];
	return [{ index, collection: rule.collection, matched: items.some(({ send }) => send), items }];
}

/** The requests as they would go out, secrets masked. */
export async function previewRequests(
	target: FlushTarget,
	planned: PlannedDelivery[],
	items: Items,
	clock: Clock,
): Promise<WireRequest[]> {
	if (!target.options) return [];
	const secrets = await target.secrets();
	const adapter = adapters[target.adapter];
	const wire = { url: target.url, authHeader: target.authHeader, apiKey: secrets.apiKey, options: target.options };
	const rules = new Map<StoredDelivery, CompiledRule>();
	const deliveries = planned.map((entry) => {
		const delivery = asDelivery(entry, clock);
		rules.set(delivery, entry.rule);
		return delivery;
	});
	const changes = await buildChanges(deliveries, (delivery) => rules.get(delivery) ?? null, items);
	const hidden = [...(secrets.apiKey ? [secrets.apiKey] : []), ...secrets.signing];
	return adapter.group([...changes.values()], wire).flatMap((group) => {
		const id = clock.id();
		return adapter
			.requests(group, wire)
			.map((request) =>
				showRequest(
					withSignature(
						request,
						{ signs: adapter.signs, id: id, secrets: secrets.signing, extra: target.options?.headers },
						clock.now(),
					),
					hidden,
				),
			);
	});
}

function asDelivery(planned: PlannedDelivery, clock: Clock): StoredDelivery {
	const { collection, item, event, reason, old, asItWas, changedAt, user, rule } = planned;
	const now = clock.now();
	return {
		id: clock.id(),
		kind: 'flush',
		target: rule.target,
		status: 'pending',
		collection,
		item,
		event,
		rule: rule.hash,
		reason,
		old,
		asItWas,
		changedAt,
		createdAt: now,
		nextAt: now,
		deliveredAt: null,
		tries: 0,
		batch: null,
		batches: [],
		error: null,
		user,
		operation: null,
	};
}

/** Stands for the key of an item that nobody has created yet. */
export const UNBORN = 'new';
const isBorn = (key: string) => key !== UNBORN;

/** The items as they would be between the supposed change. */
export function suppose(
	items: Items,
	{ collection, event, keys, payload }: Supposed,
	primary: string,
	now: number,
): Items {
	const about = new Set(keys);
	const isGone = (name: string, key: string) => event === 'delete' && name === collection && about.has(key);
	const overlay = (name: string, rows: Map<string, Row>): Map<string, Row> => {
		if (name !== collection) return rows;
		const supposed = new Map([...rows].filter(([key]) => !isGone(name, key)));
		for (const key of keys) {
			const row = supposed.get(key) ?? (event === 'create' ? { [primary]: isBorn(key) ? key : null } : null);
			if (row && event !== 'delete') supposed.set(key, { ...row, ...payload });
		}
		return supposed;
	};
	return {
		...items,
		columns: async (name, wanted, columns) => overlay(name, await items.columns(name, wanted.filter(isBorn), columns)),
		read: async (name, wanted, fields, when) => {
			const rows = overlay(name, await items.read(name, wanted.filter(isBorn), fields, payload ? undefined : when));
			return new Map(
				[...rows].filter(
					([key, row]) =>
						wanted.includes(key) && (!payload || !when || name !== collection || matchFilter(when, row, now) !== 'no'),
				),
			);
		},
		matching: async (name, wanted, when) => {
			if (name !== collection || event === 'delete' || !payload)
				return new Set(
					[...(await items.matching(name, wanted.filter(isBorn), when))]
						.filter((key) => !isGone(name, key))
						.concat(event === 'create' && name === collection && !when ? wanted : []),
				);
			const there = event === 'create' ? wanted : [...(await items.matching(name, wanted))];
			if (!when) return new Set(there);
			const rows = overlay(
				name,
				await items.columns(
					name,
					there.filter(isBorn),
					Object.keys(when).filter((field) => !field.startsWith('_')),
				),
			);
			return new Set(there.filter((key) => matchFilter(when, rows.get(key) ?? {}, now) === 'yes'));
		},
		revision: async () => null,
	};
}
