import type { NamedRate } from '../../delivery/core/allowance.js';
import type { z } from 'zod';
import type { Issue } from '../../contract/issue.js';
import type { AdapterName, EventName } from '../../contract/vocabulary.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest, WireResponse } from '../../kernel/core/wire.js';

/** One delivery, with its values as they are at the moment of sending. */
export interface FlushChange {
	collection: string;
	/** `test` is the one request of "Test target". */
	event: EventName | 'test';
	/** The item's primary key as text, or `*` for every item of the collection. */
	item: string;
	/** The item is deleted, unpublished, or no longer passes the rule's `when`: what is sent is what it was. */
	gone?: boolean;
	/** It passes the rule's `when`, which it did not before. */
	began?: boolean;
	/** Who made the change; null or left out where no user did, or it is not known. */
	user?: string | null;
	/** The values of the rule's payload, primary key included. Empty for `*`. */
	fields: Record<string, unknown>;
	/** Old values of what changed, or null where nothing that is sent did. */
	previous: Record<string, unknown> | null;
	/** Rendered tags and paths of the new and of the old values; empty where the rule names none. */
	tags: string[];
	paths: string[];
	/** What is purged by hand beyond tags and paths. */
	wide?: WidePurge;
	/** When the change was made, in ms since 1970. */
	timestamp: number;
}

/** All below some addresses of the site, or all that the target has. */
export interface WidePurge {
	/** As they were given: paths, or addresses of the site. */
	prefixes: string[];
	everything: boolean;
}

/** What an adapter knows of its target. `options` passed the adapter's own schema. */
export interface AdapterTarget<Options = Record<string, unknown>> {
	url: string;
	/** `bearer`, `api-key`, `no-auth`, or the name of the header that carries the key. */
	authHeader: string;
	/** In clear. Adapters put it into headers only; history and answers mask those headers. */
	apiKey: string | null;
	options: Options & { batch_size: number; batch_bytes?: number };
}

/** What the Studio says of an adapter in one language. A title that is a name stays as it is. */
export interface AdapterWords {
	title?: string;
	description: string;
	/** What each of the adapter's own options is for. */
	options: Record<string, string>;
}

/** What a signature needs that a request alone does not have. */
export interface SigningTime {
	/** ms since 1970. */
	now: number;
	/** Different each time. */
	nonce: string;
	/** What `token` asked for, where there is one. */
	token: string | null;
}

/** The request of an access token. It is kept in no history. */
export interface TokenRequest {
	request: WireRequest;
	/** What to check where it is refused. */
	check: string;
}

/** Thrown by `sign`: trying again cannot help. */
export class SigningError extends Error {
	readonly code = 'API_KEY_INVALID';
	readonly permanent = true;
}

/**
 * How one kind of target wants changes on the wire. Pure: it packs, builds and judges, and never sends.
 * A new kind of target is one folder beside this file: `adapter.ts` exports one of these as `adapter`, and the lists of
 * adapters are made of the folders that there are.
 */
export interface Adapter<Options = Record<string, unknown>> {
	name: AdapterName;
	/** For people: what it is called, and in one sentence what it does. */
	title: string;
	description: string;
	/** The Material icon on its card in the Studio. */
	icon: string;
	/** Title, description and what the options are for, in other languages than English. */
	words: Record<string, AdapterWords>;
	/** The adapter's own options, beside those that every target has. Read by validation, forms and docs. */
	options: z.ZodObject;
	/** Whether requests are signed where the target has a signing secret (Standard Webhooks). */
	signs: boolean;
	/** Headers of its own, in lower-case, that carry a credential: history and answers mask them whatever they hold. */
	credentialHeaders?: readonly string[];
	/**
	 * Splits changes into groups that share their fate: a group is sent, retried and shown as one, and keeps its
	 * `webhook-id`. Every change is in exactly one group, in the order given. A group is no larger than
	 * `options.batch_size` and than the provider takes; a single change too big for one request is a group of its own.
	 */
	group(changes: FlushChange[], target: AdapterTarget<Options>): FlushChange[][];
	/** What a change adds to the body of a request, in bytes, where requests grow with what items hold. */
	bytes?(change: FlushChange): number;
	/**
	 * The requests that deliver one group; it is delivered when all of them are. Several only where the group's tags
	 * or paths exceed what one request may carry. None if there is nothing to say to this provider.
	 */
	requests(group: FlushChange[], target: AdapterTarget<Options>): WireRequest[];
	/** The requests that purge what is below prefixes, or everything, as far as the provider can. */
	wide?(change: FlushChange & { wide: WidePurge }, target: AdapterTarget<Options>): WireRequest[];
	/**
	 * Signs a request at the moment of sending, where the provider wants more than a header that stays the same. The
	 * request is shown as it was before.
	 */
	sign?(request: WireRequest, target: AdapterTarget<Options>, at: SigningTime): WireRequest | Promise<WireRequest>;
	/** How the access token is asked for that `sign` gets; null where the key is none, which `sign` then says. */
	token?(target: AdapterTarget<Options>, at: Omit<SigningTime, 'token'>): TokenRequest | null;
	/** What is secret in an API key that has several parts. */
	secretsIn?(apiKey: string): string[];
	/** What is wrong with a target of it that its options alone do not tell; paths are JSON pointers into the target. */
	problems?(target: { url: string; hasKey: boolean; options: AdapterTarget<Options>['options'] }): Issue[];
	/** The verdict on an answer where the provider's differs from `judgeStatus`; null = by status. */
	judge(response: WireResponse, now: number): Verdict | null;
	/** What the provider allows by default, or null. `options.rate` goes before it. */
	rate(options: Options): { perSecond: number; burst: number } | null;
	/** Another limit that holds for this group instead of `rate`, and is counted by its name; null where `rate` holds. */
	rateOf?(group: FlushChange[], target: AdapterTarget<Options>): NamedRate | null;
}
