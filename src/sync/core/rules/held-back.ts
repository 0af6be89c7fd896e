import type { CompiledSyncRule } from './compile-sync-rules.js';
import type { CollectionOffer } from '../../../contract/sync-messages.js';
import { fitSchema } from './schema-fit.js';

/** What of one collection is not sent to a remote source, because it does not fit what is there. */
export interface Hold {
	/** Why nothing of it is sent; null where the rest is. */
	stop: string | null;
	/** Fields that are not sent, each with the reason. */
	fields: Record<string, string>;
	/** Fields that are sent and not taken, since our user there may not write them; none where it may write none at all. */
	refused: string[];
	/** Its rule is invalid here and turned off: edits are not recorded meanwhile. */
	off: boolean;
}

/** By collection; those of which nothing is held back are not among them. */
export type Holds = Record<string, Hold>;

const NOTHING: Hold = { stop: null, fields: {}, refused: [], off: false };

/** Whether a hold keeps anything from being sent. */
export const keepsBack = (hold: Hold | null | undefined): boolean =>
	hold !== null && hold !== undefined && (hold.stop !== null || Object.keys(hold.fields).length > 0);

/**
 * What is held back from a remote source.
 * @param offers what the other side says of its collections; nothing is held back of one that it has not been asked for
 */
export function holdsOf(
	{ rules, off, name }: { rules: CompiledSyncRule[]; off: { collection: string }[]; name: string },
	offers: ReadonlyMap<string, CollectionOffer>,
): Holds {
	const holds: Holds = {};
	for (const rule of rules) {
		const { collection } = rule.model;
		const offer = offers.get(collection);
		if (!offer || rule.rule.direction === 'pull') continue;
		const { stops, held, fields } = fitSchema(rule, offer, name);
		const stop = stops.length > 0 ? stops.map(({ message }) => message).join('; ') : null;
		const mayWrite = offer.create || offer.update;
		const refused = [...fields].flatMap(([field, fit]) => (mayWrite && fit === 'not-permitted' ? field : []));
		if (stop === null && held.size + refused.length === 0) continue;
		holds[collection] = { stop, fields: Object.fromEntries(held), refused, off: false };
	}
	for (const { collection } of off) holds[collection] ??= { ...NOTHING, off: true };
	return holds;
}

/** What may flow again. */
export interface Released {
	/** Collections of which nothing was sent. */
	collections: string[];
	/** Collections whose rows are to be sent again, also where the other side has them: it has them in part. */
	again: string[];
	/** Collections that were not watched. */
	unwatched: string[];
}

/**
 * What of what was held back fits by now, of collections that a rule still sends.
 * @param sent those collections
 */
export function releasedBy(before: Holds, after: Holds, sent: ReadonlySet<string>): Released {
	const released: Released = { collections: [], again: [], unwatched: [] };
	for (const [collection, was] of Object.entries(before)) {
		if (!sent.has(collection)) continue;
		const now = after[collection] ?? NOTHING;
		if (now.stop !== null || now.off) continue;
		if (was.stop !== null) released.collections.push(collection);
		const isFree = (field: string) => !(field in now.fields) && !now.refused.includes(field);
		if ([...Object.keys(was.fields), ...was.refused].some(isFree)) released.again.push(collection);
		else if (was.off) released.unwatched.push(collection);
	}
	return released;
}

/** What is held back now and was not before, in words. */
export function newlyHeld(before: Holds, after: Holds): string[] {
	return Object.entries(after).flatMap(([collection, { stop, fields }]) => {
		const was = before[collection];
		if (stop !== null) return was?.stop === stop ? [] : [`nothing of ${collection} is sent: ${stop}`];
		const news = Object.entries(fields).filter(([field]) => !was || was.stop !== null || !(field in was.fields));
		return news.map(([field, reason]) => `${field} of ${collection} is not sent: ${reason}`);
	});
}

/** What is not sent, as `collection.field`; `collection.*` where nothing of it is. */
export const withheldFields = (holds: Holds): string[] =>
	Object.entries(holds).flatMap(([collection, { stop, fields, refused }]) =>
		stop !== null ? [`${collection}.*`] : [...Object.keys(fields), ...refused].map((field) => `${collection}.${field}`),
	);
