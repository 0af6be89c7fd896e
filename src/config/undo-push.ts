import { ELEMENT_KINDS, type Bundle, type ElementKind } from '../contract/bundle.js';
import type { KnownId } from './core/elements/config-state.js';
import { applyElements, applyExtension, applySchema, elementSteps, idsAfter } from './apply-plan.js';
import { movedBundle } from './core/moves/move-bundle.js';
import { movedSnapshots } from './core/moves/move-snapshot.js';
import { asMoved, reversed } from './core/moves/move-names.js';
import { planWish, type Wish } from './plan-wish.js';
import type { ConfigPorts, ConfigReader, ConfigWriter } from './ports.js';
import { leftBehind } from './refusal.js';
import { isApplied, schemaSteps } from './schema-steps.js';
import type { PushOrder, Ready } from './push-order.js';
import { messageOf } from '../kernel/core/message-of.js';

/**
 * Makes an instance again what it was before a push failed, where the database cannot do so by itself: its tables, and its
 * elements if they were committed already. What it was is the wish, and a plan leads back to it.
 * @throws ConfigRefusal that says what is left, where something is
 */
export async function undoPush(
	ready: Ready,
	order: PushOrder,
	{
		writer,
		reader,
		written,
		ports,
		dropped,
		error,
	}: {
		writer: ConfigWriter;
		reader: ConfigReader;
		written: boolean;
		ports: ConfigPorts;
		dropped: string[];
		error: unknown;
	},
): Promise<void> {
	const { state } = ready;
	const formerNames = reversed(ready.moves);
	const current = movedBundle(ready.current, formerNames);
	const newId = () => ports.clock.id();
	await ports.refresh({ schema: true, flows: false, extensions: false });
	const wanted: Bundle = written ? current : { ...current, elements: {} };
	const consent = { allow_destructive: true, allow_data_loss: true, max_deletions: Number.MAX_SAFE_INTEGER };
	const wish: Wish = {
		// As it was read before: what was left out then would now be taken for new, and deleted.
		choice: order.choice,
		role: order.role,
		moved: asMoved(formerNames),
		wish: () => ({ wanted, options: { mirror: true, consent } }),
	};
	const knowing = rememberedBy(reader, ready.newIds);
	const back = await planWish(knowing, wish, newId);
	/** What went wrong while it was undone; the rest is undone all the same. */
	const failed: string[] = [];
	const trying = async (work: () => Promise<void>) => {
		await work().catch((reason: unknown) => {
			const message = messageOf(reason);
			failed.push(message.replace(', and nothing was changed: ', ': '));
		});
	};
	const steps = schemaSteps(back.plan.changes, back.state.snapshot, movedSnapshots(state.snapshot, formerNames));
	for (const step of [...back.moveSteps, ...steps]) await trying(() => applySchema([step], writer, () => {}));
	if (written)
		await trying(async () => {
			const { steps } = elementSteps(back, newId, new Map(Object.entries(ready.trace.localIds)));
			const keys = await applyElements(steps, writer, () => {});
			for (const change of back.plan.changes)
				if (change.kind === 'extensions' && isApplied(change)) await applyExtension(change, writer, () => {});
			const { record, gone } = idsAfter(back, steps, keys);
			for (const [kind, ids] of record) await writer.replaceIds(kind, ids);
			await writer.forgetGone(gone);
			for (const { kind, sync_id } of ready.plan.adoptions) await writer.forgetIds(kind, [sync_id]);
		});
	await ports.refresh({ schema: true, flows: written, extensions: false });
	const left = await planWish(knowing, wish, newId);
	const remains = left.plan.changes.filter(isApplied).map(({ kind, name }) => `${kind} ${name}`);
	const lost = dropped.map((name) => `the values of ${name}`);
	if (remains.length + lost.length > 0) throw leftBehind(error, [...remains, ...lost], failed);
}

/** Elements are found again under the SyncIDs that were made up for them. */
const rememberedBy = (reader: ConfigReader, newIds: Ready['newIds']): ConfigReader => ({
	...reader,
	async state(choice) {
		const state = await reader.state(choice);
		const ids = {} as Record<ElementKind, KnownId[]>;
		for (const kind of ELEMENT_KINDS) {
			const recorded = new Set(state.ids[kind].map(({ localId }) => localId));
			ids[kind] = [...state.ids[kind], ...(newIds[kind] ?? []).filter(({ localId }) => !recorded.has(localId))];
		}
		return { ...state, ids };
	},
});
