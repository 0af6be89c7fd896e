import type { SchemaOverview } from '@directus/types';
import type { Refusal } from '../core/wire/permitted-change.js';
import { refusedCollection } from '../core/rules/refused-collections.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Intake } from './apply-ports.js';
import type { RemoteSource } from '../remote-source.js';

/** The fields of collections, as rules read them. */
export interface IntakeModels {
	/** As it was when the rules were last read. */
	schema(): SchemaOverview | null;
	/** The same fields, each as any rule reads it. */
	asRead(model: SyncModel): SyncModel;
	/** Fields of a collection as any rule reads them. */
	modelWith(collection: string, fields: string[]): SyncModel | null;
}

/** How a collection is taken in from an instance: by the rules that name it here, else as its user may write it. */
export function intakeOf(
	collection: string,
	source: RemoteSource | null,
	{ schema, asRead, modelWith }: IntakeModels,
): Intake | null {
	if (refusedCollection(collection) || !Object.hasOwn(schema()?.collections ?? {}, collection)) return null;
	const rule = source?.rules.find((compiled) => compiled.rule.collection === collection);
	const model = rule ? asRead(rule.model) : modelWith(collection, ['*']);
	const named = rule?.rule.fields.filter((field) => !rule.rule.local_fields?.includes(field)) ?? ['*'];
	const givable = modelWith(collection, named);
	if (!model || !givable) return null;
	return {
		model,
		givable,
		conflict: rule?.rule.conflict ?? 'newest',
		onDelete: rule?.rule.on_delete_conflict ?? 'park',
		match: rule?.rule.match ?? [],
		userFallback: source?.options?.user_fallback ?? null,
	};
}

/**
 * Refuses collections that are never synced, those that a rule only sends, and, from a paired instance, those without a
 * rule.
 */
export function refusalOf(collection: string, source: RemoteSource | null, isPaired: boolean): Refusal | null {
	const refused = refusedCollection(collection);
	if (refused) return { code: 'REFUSED_COLLECTION', message: refused.message };
	const rule = source?.rules.find((compiled) => compiled.rule.collection === collection);
	const remoteName = source?.name ?? '';
	if (rule?.onlySends)
		return {
			code: 'DIRECTION',
			message: `the rule for ${collection} of the remote source "${remoteName}" here has the direction "push", and takes nothing: give it "both" or "pull"`,
		};
	if (!isPaired || rule || !source || source.rules.length + source.off.length === 0) return null;
	return {
		code: 'NO_RULE',
		message: `the remote source "${remoteName}" here has no rule for ${collection}: add one with the direction "pull" or "both"`,
	};
}
