import { isBorn, shownItem, suppose, UNBORN, type Supposed } from '../kernel/suppose-change.js';
import type { Clock, Items } from '../kernel/ports.js';
import { adapters } from './adapters/index.js';
import type { RecordedChange } from '../capture/core/item-change.js';
import { groupChanges } from './adapters/group-changes.js';
import { showRequest } from '../kernel/core/mask.js';
import { hiddenOf } from './hidden-of.js';
import { unsigned } from './sign-requests.js';
import { withSignature } from '../kernel/core/signature.js';
import type { WireRequest } from '../kernel/core/wire.js';
import { buildWatch, type CompiledRule } from '../capture/core/watch.js';
import { typesOf } from '../kernel/filter/filter-fields.js';
import type { SchemaOverview } from '@directus/types';
import { buildChanges } from './build-changes.js';
import { nothingToPurge } from './nothing-to-purge.js';
import type { PageRegistry } from './pages/page-registry.js';
import { withPages } from './pages/with-pages.js';
import { planChanges } from './plan.js';
import { NOT_SENT, type StoredDelivery } from '../delivery/stored.js';
import type { FlushTarget } from './flush-target.js';
import { newDelivery, type Explained, type PlannedDelivery } from './planned-delivery.js';
import type { Preview, RulePreview } from '../contract/answers/targets.js';

/** Plans and builds as for a real change, and sends nothing (`/dry-run`). */
export async function previewChange(
	supposed: Supposed,
	targets: FlushTarget[],
	schema: SchemaOverview,
	ports: { items: Items; clock: Clock; pages: Pick<PageRegistry, 'pathsOf'> },
): Promise<Preview[]> {
	const { collection, event, payload } = supposed;
	const keys = supposed.keys.length === 0 && event === 'create' ? [UNBORN] : supposed.keys;
	const rules = targets.flatMap((target) => target.rules);
	const watch = buildWatch(rules, schema);
	const primary = (name: string) => schema.collections[name]?.primary ?? 'id';
	const columns = watch.collections.get(collection)?.columns ?? [];
	const real = await ports.items.columns(collection, keys.filter(isBorn), columns);
	const items = suppose(ports.items, { ...supposed, keys }, primary(collection), {
		now: ports.clock.now(),
		dialect: ports.items.dialect,
		types: typesOf(collection, schema),
	});
	const changes = keys.map((item, index): RecordedChange => {
		const row = real.get(item) ?? null;
		const knowsBefore = event === 'delete' || (event === 'update' && payload !== null);
		return {
			id: index,
			collection,
			item,
			event,
			at: ports.clock.now(),
			user: null,
			before: knowsBefore ? row : null,
			between: null,
			beforeRelated: null,
			absent: knowsBefore && row === null,
			fields: null,
		};
	});
	const { deliveries, explained } = await planChanges(changes, watch, {
		items,
		clock: ports.clock,
		primary,
		isSupposed: true,
	});
	return Promise.all(
		targets.map(async (target): Promise<Preview> => {
			const planned = deliveries.filter(({ rule }) => rule.target === target.id);
			const decisions = explained.filter(({ rule }) => rule.target === target.id);
			const reason = [
				...new Set(planned.length > 0 ? planned.map((entry) => entry.reason) : decisions.map((entry) => entry.reason)),
			].join('; ');
			const { requests, nothing } = await previewRequests(target, planned, items, ports);
			const rule: CompiledRule | undefined = planned[0]?.rule ?? decisions[0]?.rule;
			return {
				id: target.id,
				name: target.name,
				matched: planned.length > 0,
				reason:
					[reason, ...nothing].filter(Boolean).join('; ') ||
					(target.rules.some((entry) => entry.rule.collection === collection)
						? 'no items were named'
						: `no rule is about ${collection}`),
				rule: rule?.rule ?? null,
				requests,
				rules: target.rules.flatMap((own) => explainRule(own, collection, planned, decisions)),
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
	decisions: Explained[],
): RulePreview[] {
	const own = <T extends { rule: CompiledRule }>(entries: T[]) => entries.filter((entry) => entry.rule.index === index);
	const items = own(decisions).map(({ item, send, reason }) => ({ item: shownItem(item), send, reason }));
	// Where a rule could not be worked out it is sent to be safe, and nothing was decided.
	for (const { item, reason } of own(planned))
		if (!items.some((known) => known.item === shownItem(item)))
			items.push({ item: shownItem(item), send: true, reason });
	if (items.length === 0 && rule.collection !== changed) return [];
	return [{ index, collection: rule.collection, matched: items.some(({ send }) => send), items }];
}

/** The requests as they would be sent, with secrets masked, and why some changes have none. */
export async function previewRequests(
	target: FlushTarget,
	planned: PlannedDelivery[],
	items: Items,
	{ clock, pages }: { clock: Clock; pages: Pick<PageRegistry, 'pathsOf'> },
): Promise<{ requests: WireRequest[]; nothing: string[] }> {
	if (!target.options || planned.length === 0) return { requests: [], nothing: [] };
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
	await withPages(changes, (delivery) => rules.get(delivery) ?? null, adapter, wire, pages.pathsOf);
	const hidden = hiddenOf(target, secrets, adapter);
	const shownChanges = [...changes.values()].map((change) =>
		change.item === UNBORN ? { ...change, item: 'new' } : change,
	);
	const nothing = shownChanges.flatMap((change) => nothingToPurge(change, adapter, wire)?.message ?? []);
	const requests = groupChanges(shownChanges, adapter, wire, target.options.batch_bytes).flatMap((group) => {
		const as = { ...adapter, id: clock.id(), secrets: secrets.signing, extra: target.options?.headers };
		return adapter.requests(group, wire).map((request) => {
			if (request.problem !== undefined) nothing.push(`it cannot be sent: ${request.problem}`);
			return showRequest(withSignature(unsigned(request, adapter), as, clock.now()), hidden);
		});
	});
	return { requests, nothing: [...new Set(nothing)] };
}

function asDelivery(planned: PlannedDelivery, clock: Clock): StoredDelivery {
	const now = clock.now();
	return { ...newDelivery(planned, { nextAt: now, operation: null }), ...NOT_SENT, id: clock.id(), createdAt: now };
}
