/** How often a remote is asked who it is until it has said so. */
const MEET_AGAIN_MS = 10_000;

/** How often it is looked whether the extension was installed meanwhile. */
const LOOK_AGAIN_MS = 60_000;

/**
 * What is known of the instance behind a remote. A link is in one of four states.
 *
 * ## unknown
 *
 * No instance has said that it is there: the remote is new, does not answer, or refuses us. It is asked every 10 s, and
 * before something is sent. Goes to `meeting` when an instance says who it is, to `plain` where there is a Directus
 * without the extension, to `known` when another node has met it.
 *
 * ## plain
 *
 * There is a Directus without the extension: items go through its items API. It is asked every 60 s. Goes to `meeting`
 * when the extension answers, to `unknown` when the remote is resumed or gets another address, to `known` when another
 * node has met it.
 *
 * ## meeting
 *
 * An instance has said who it is for the first time, and what it was sent through the items API is being recorded. It is
 * spoken to as a known one. Goes to `known` when that is done, and back to `unknown` or `plain` where that fails.
 *
 * ## known
 *
 * The instance is known, and stored for all nodes. It stays so while there is no answer. Goes to `meeting` when a resumed
 * remote is another instance, to `plain` when its extension is gone, to `unknown` when another node has found that out.
 *
 * Whether a link is paused is kept with the target's health (`targets/target-standing.ts`), with a reason of
 * `pause-reason.ts`; resuming it is the event `resumed`. What is held back from a known instance is in `sync-fits.ts`.
 */
export interface Link {
	/** The instance that has said that it is there; null where none has. */
	instance: string | null;
	/** First meetings that are under way. */
	meetings: number;
	/** The address at which there is a Directus without the extension, as far as is known; null where there is none. */
	plainAt: string | null;
	/** When it may be asked again, in ms since 1970. */
	askAt: number;
}

export const NEW_LINK: Link = { instance: null, meetings: 0, plainAt: null, askAt: 0 };

export type LinkState = 'unknown' | 'plain' | 'meeting' | 'known';

/** @param url the remote's address just now; null where the remote is gone */
export function stateOf({ instance, meetings, plainAt }: Link, url: string | null): LinkState {
	if (instance !== null) return meetings > 0 ? 'meeting' : 'known';
	return plainAt !== null && plainAt === url ? 'plain' : 'unknown';
}

export type LinkEvent =
	/** Whom any node has met there was read; null where none has met anybody. */
	| { kind: 'loaded'; instance: string | null }
	/** It is asked who it is. */
	| { kind: 'asked'; at: number }
	/** An instance that was not known says that it is there: its first meeting begins. */
	| { kind: 'introduced'; instance: string }
	/** A first meeting has succeeded. */
	| { kind: 'met' }
	/** A first meeting has failed. */
	| { kind: 'not-met' }
	/** An instance says that it is there, and there is nothing to record first. */
	| { kind: 'confirmed'; instance: string }
	/** Directus answers, but no extension. */
	| { kind: 'without-extension' }
	/** The instance that was there is forgotten: the Directus at this address is spoken to without the extension. */
	| { kind: 'plain'; url: string; at: number }
	/** Another instance may answer from now on. */
	| { kind: 'resumed' };

/** Which state each event leads to, from each state in which it can happen. */
const LEADS_TO: Record<LinkEvent['kind'], Partial<Record<LinkState, readonly LinkState[]>>> = {
	loaded: {
		unknown: ['unknown', 'known'],
		plain: ['plain', 'known'],
		meeting: ['meeting'],
		known: ['known', 'unknown', 'plain'],
	},
	asked: { unknown: ['unknown'], plain: ['plain'], meeting: ['meeting'], known: ['known'] },
	introduced: { unknown: ['meeting'], plain: ['meeting'], meeting: ['meeting'], known: ['meeting'] },
	met: { meeting: ['known', 'meeting'], unknown: ['unknown'], plain: ['unknown'] },
	'not-met': { meeting: ['unknown', 'plain'], unknown: ['unknown'], plain: ['plain'] },
	confirmed: { unknown: ['known', 'meeting'], plain: ['known', 'meeting'], meeting: ['meeting'], known: ['known'] },
	'without-extension': {
		unknown: ['unknown'],
		meeting: ['unknown', 'plain'],
		known: ['unknown', 'plain'],
	},
	plain: { unknown: ['plain', 'unknown'], plain: ['plain', 'unknown'], meeting: ['meeting'], known: ['known'] },
	resumed: { unknown: ['unknown'], plain: ['unknown'], meeting: ['meeting'], known: ['known'] },
};

/**
 * The link after an event.
 * @param url the remote's address just now; null where the remote is gone
 */
export function afterEvent(link: Link, event: LinkEvent, url: string | null): Link {
	const next = changed(link, event, url);
	const [from, to] = [stateOf(link, url), stateOf(next, url)];
	if (!LEADS_TO[event.kind][from]?.includes(to))
		throw new Error(`"${event.kind}" took a link from "${from}" to "${to}", which it must not`);
	return next;
}

function changed(link: Link, event: LinkEvent, url: string | null): Link {
	switch (event.kind) {
		case 'loaded':
			// It is stored once the meeting has ended, so until then other nodes do not know it.
			return link.meetings > 0 ? link : { ...link, instance: event.instance };
		case 'asked':
			return { ...link, askAt: event.at + (stateOf(link, url) === 'plain' ? LOOK_AGAIN_MS : MEET_AGAIN_MS) };
		case 'introduced':
			return { ...link, instance: event.instance, meetings: link.meetings + 1 };
		case 'met':
			return { ...link, meetings: link.meetings - 1, plainAt: null };
		case 'not-met':
			return { ...link, meetings: link.meetings - 1, instance: null };
		case 'confirmed':
			return { ...link, instance: event.instance, plainAt: null };
		case 'without-extension':
			return { ...link, instance: null };
		case 'plain':
			return { ...link, plainAt: event.url, askAt: event.at + LOOK_AGAIN_MS };
		case 'resumed':
			return { ...link, plainAt: null };
	}
}

/** Whether it is unknown who is there, and time to ask. */
export const isTimeToAsk = ({ instance, askAt }: Link, now: number): boolean => instance === null && askAt <= now;
