import { isRecord } from '../kernel/core/is-record.js';
import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind, type Snapshot } from '../contract/bundle.js';
import type { Hooks, KindHooks, SnapshotHooks } from './config-shape.js';
import { Failure } from './failure.js';
import type { HookClient } from './hook-client.js';
import { messageOf } from '../kernel/core/message-of.js';

/** Lets a hook work on the elements of a kind. */
export async function runElementsHook(
	kind: ElementKind,
	name: 'onDump' | 'onSave' | 'onLoad',
	hook: NonNullable<KindHooks['onLoad']>,
	elements: Element[],
	client: HookClient,
): Promise<Element[]> {
	const place = `hooks.${kind}.${name}`;
	const given: unknown = await calling(place, () => hook(elements, client));
	if (!Array.isArray(given)) throw broken(place, `gave ${nameOf(given)} instead of a list of elements`);
	for (const [index, one] of given.entries())
		if (!isRecord(one)) throw broken(place, `gave ${nameOf(one)} instead of an element, at index ${index}`);
	return given as Element[];
}

export async function runSnapshotHook(
	name: 'onSave' | 'onLoad',
	hook: NonNullable<SnapshotHooks['onLoad']>,
	snapshot: Snapshot,
	client: HookClient,
): Promise<Snapshot> {
	const place = `hooks.snapshot.${name}`;
	const given: unknown = await calling(place, () => hook(snapshot, client));
	const lists = isRecord(given)
		? ['collections', 'fields', 'relations'].filter((key) => !Array.isArray(given[key]))
		: [];
	if (!isRecord(given)) throw broken(place, `gave ${nameOf(given)} instead of a snapshot`);
	if (lists.length > 0) throw broken(place, `gave a snapshot without ${lists.join(', ')}`);
	return given as Snapshot;
}

/** What the files say, after `onLoad`. The client is made only where there is such a hook. */
export async function runLoadHooks(bundle: Bundle, hooks: Hooks, client: () => Promise<HookClient>): Promise<Bundle> {
	const elements = { ...bundle.elements };
	for (const kind of ELEMENT_KINDS) {
		const [hook, list] = [hooks[kind]?.onLoad, elements[kind]];
		if (hook && list) elements[kind] = await runElementsHook(kind, 'onLoad', hook, list, await client());
	}
	const hook = hooks.snapshot?.onLoad;
	const schema =
		hook && bundle.schema ? await runSnapshotHook('onLoad', hook, bundle.schema, await client()) : bundle.schema;
	return { ...bundle, elements, schema };
}

/** Runs a hook of the configuration file, and says where it stands if it fails. */
export async function calling<T>(place: string, work: () => T | Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new Failure('HOOK_FAILED', `A hook failed: ${messageOf(error)}`, {
			where: place,
			advice: 'Correct it in the configuration file; nothing was written.',
			cause: error,
		});
	}
}

/** A hook that gave back what it must not. */
export const broken = (place: string, message: string): Failure =>
	new Failure('HOOK_FAILED', `A hook ${message}.`, {
		where: place,
		advice: 'A hook must return what it was given, changed or not. Nothing was written.',
	});

const nameOf = (value: unknown) => (value === null ? 'null' : value === undefined ? 'nothing' : typeof value);
