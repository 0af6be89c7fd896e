import type { SchemaOverview } from '@directus/types';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import {
	PROTOCOL,
	TAKES,
	type CollectionOffer,
	type OpenConflicts,
	type SyncHello,
	type SyncWelcome,
} from '../../contract/sync-messages.js';
import { fingerprintOf, offerOf } from '../core/rules/offer-of.js';
import { VERSION } from '../../kernel/core/version.js';
import type { SyncAccess } from './sync-access.js';

/** Answers another instance that asks who this one is, and what it would take of some collections. */
export function answerHello(
	hello: SyncHello,
	own: {
		instance: string;
		/** ms since 1970. */
		now: number;
		schema: SchemaOverview;
		/** Whether the database keeps milliseconds. */
		keepsMs: boolean;
		/** What the user that it comes as may do. */
		access: SyncAccess;
		/** Whether a published remote source is known to be that instance. */
		knows: (instance: string) => boolean;
		/** The rules of that remote source. */
		rulesFor: (instance: string) => CompiledSyncRule[];
		/** Conflicts with the asking instance that are open here. */
		openConflicts: OpenConflicts;
	},
): SyncWelcome {
	const { instance, now, schema, access } = own;
	const offers = hello.collections.map(
		(collection) => [collection, offerOf(collection, schema, access.of(collection))] as const,
	);
	return {
		instance,
		version: VERSION,
		protocol: PROTOCOL,
		takes: TAKES,
		keeps_ms: own.keepsMs,
		now,
		knows_you: own.knows(hello.from),
		open_conflicts: own.openConflicts,
		collections: Object.fromEntries(offers),
		fingerprints: fingerprintsOf(offers),
		policies: Object.fromEntries(
			own
				.rulesFor(hello.from)
				.filter(({ rule }) => hello.collections.includes(rule.collection))
				.map(({ rule }) => [rule.collection, { on_delete_conflict: rule.on_delete_conflict, match: rule.match ?? [] }]),
		),
	};
}

const fingerprintsOf = (offers: (readonly [string, CollectionOffer])[]) =>
	Object.fromEntries(offers.map(([collection, offer]) => [collection, fingerprintOf(offer)]));

/** By which the sender of a request sees whether what these collections are here has changed since it asked. */
export function offersIn(
	changes: { collection: string }[],
	schema: SchemaOverview | null,
	access: SyncAccess,
): Record<string, string> {
	if (!schema) return {};
	const names = [...new Set(changes.map(({ collection }) => collection))];
	return fingerprintsOf(names.map((name) => [name, offerOf(name, schema, access.of(name))]));
}
