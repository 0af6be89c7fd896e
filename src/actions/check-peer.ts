import { checkLink, type CheckStep } from '../core/sync/check-link.js';
import { fitPolicies } from '../core/sync/fit-policies.js';
import { syncWelcome } from '../core/sync/messages.js';
import { fitSchema } from '../core/sync/schema-fit.js';
import type { Issue } from '../core/validate-rules.js';
import { whyNotPlain } from '../engine/sync/plain-values.js';
import type { RemoteSource } from '../engine/stored.js';
import { PeerError } from '../core/sync/peer-error.js';
import { askPeer } from '../io/sync-peer.js';
import type { Runtime } from '../runtime.js';

/** How a rule's collection fits what is there; `implied`: it travels along with another rule. */
export interface CheckedCollection {
	collection: string;
	/** Its place in the source's rules. */
	index: number;
	implied: boolean;
	/** Why nothing of it can be sent. */
	stops: Issue[];
	/** What is not sent, or not permitted, though the rest is. */
	warnings: Issue[];
}

export interface LinkCheck {
	ok: boolean;
	at: number;
	steps: CheckStep[];
	instance: string | null;
	version: string | null;
	/** null as long as the other side does not say what it has. */
	collections: CheckedCollection[] | null;
}

/** How long the other side may take to say who it is. */
const PATIENCE_MS = 10_000;

/** Finds out, step by step, whether a remote source can work: also for drafts, and changes nothing but what is known of the peer. */
export async function checkPeer(runtime: Runtime, source: RemoteSource): Promise<LinkCheck> {
	const { clock, sync, environment } = runtime;
	const facts = await ask(runtime, source);
	const { welcome } = facts;
	const steps = checkLink({
		url: source.url,
		instance: sync.instance(),
		here: environment.PUBLIC_URL,
		known: sync.peer(source.id),
		pulled: source.rules
			.filter(({ rule, follows, onlyReferenced }) => rule.direction !== 'push' && !follows && !onlyReferenced)
			.map(({ rule }) => rule.collection),
		...facts,
	});
	const isPlain = facts.hasDownstream === false && facts.knowsToken;
	const collections = isPlain
		? withoutExtension(runtime, source)
		: welcome &&
			source.rules.map((compiled): CheckedCollection => {
				const { collection } = compiled.rule;
				const { stops, warnings } = fitSchema(compiled, welcome.collections[collection], source.name || source.url);
				const implied = compiled.follows !== null || compiled.onlyReferenced;
				const unlike = implied ? [] : fitPolicies(compiled, welcome.policies, source.name || source.url);
				return { collection, index: compiled.index, implied, stops, warnings: [...warnings, ...unlike] };
			});
	const isFine = steps.every(({ state }) => state === 'ok' || state === 'warning' || (isPlain && state === 'unknown'));
	if (welcome && welcome.instance !== sync.instance() && sync.peer(source.id) === null)
		await sync.met(source.id, welcome.instance);
	if (welcome && source.status === 'published') await sync.learnOffers(source, welcome);
	return {
		ok: isFine && (collections ?? []).every(({ stops }) => stops.length === 0),
		at: clock.now(),
		steps,
		instance: welcome?.instance ?? null,
		version: welcome?.version ?? null,
		collections,
	};
}

/** Collections whose items cannot be sent through the items API. */
const withoutExtension = ({ sync }: Runtime, { rules }: RemoteSource): CheckedCollection[] =>
	rules.map(({ rule: { collection }, index, follows, onlyReferenced }) => {
		const message = whyNotPlain(collection, sync.identityOf(collection), 'update');
		const stops = message === null ? [] : [{ path: `/schema/${index}`, code: 'needs_extension', message }];
		return { collection, index, implied: follows !== null || onlyReferenced, stops, warnings: [] };
	});

type Facts = Pick<
	Parameters<typeof checkLink>[0],
	'unreachable' | 'isDirectus' | 'hasDownstream' | 'hasToken' | 'refusal' | 'welcome' | 'knowsToken' | 'ahead'
>;

async function ask({ http, sync, clock }: Runtime, source: RemoteSource): Promise<Facts> {
	const found: Facts = {
		unreachable: null,
		isDirectus: false,
		hasDownstream: null,
		hasToken: Boolean(await source.apiKey()),
		refusal: null,
		welcome: null,
		knowsToken: false,
		ahead: 0,
	};
	const headers = source.options?.headers ?? {};
	try {
		const pong = await http.send({ method: 'GET', url: `${source.url}/server/ping`, headers, body: null }, PATIENCE_MS);
		found.isDirectus = pong.body.trim() === 'pong';
	} catch (error) {
		return { ...found, unreachable: error instanceof Error ? error.message : String(error) };
	}
	const collections = [...new Set(source.rules.map(({ rule }) => rule.collection))];
	const hello = (as: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>) =>
		askPeer(as, { from: sync.instance(), path: 'hello', body: { collections }, answer: syncWelcome }, http);
	const asked = clock.now();
	try {
		found.welcome = await hello(source);
		found.hasDownstream = true;
		found.ahead = found.welcome.now - (asked + clock.now()) / 2;
	} catch (error) {
		found.refusal = refusalIn(error);
		found.hasDownstream = await hasDownstream(found.refusal.status, () =>
			hello({ ...source, apiKey: () => Promise.resolve(null) }),
		);
	}
	if (found.hasDownstream === false && found.hasToken) found.knowsToken = await knowsToken(source, http);
	return found;
}

/** Whether Directus itself knows who comes with the token. */
async function knowsToken(source: RemoteSource, http: Runtime['http']): Promise<boolean> {
	const authorization = `Bearer ${(await source.apiKey()) ?? ''}`;
	const headers = { ...source.options?.headers, authorization };
	const request = { method: 'GET', url: `${source.url}/users/me?fields=id`, headers, body: null };
	const answer = await http.send(request, PATIENCE_MS).catch(() => null);
	return answer?.status === 200;
}

/** Whether the routes of sync are there, which those who are not known there can see too: they are refused, not unheard of. */
async function hasDownstream(status: number | null, withoutToken: () => Promise<unknown>): Promise<boolean | null> {
	if (status === 404) return false;
	if (status === 403 || status === 400) return true;
	try {
		await withoutToken();
		return true;
	} catch (error) {
		const { status: seen } = refusalIn(error);
		return seen === 404 ? false : seen === 403 ? true : null;
	}
}

function refusalIn(error: unknown): NonNullable<Facts['refusal']> {
	if (error instanceof PeerError) return { status: error.status, code: error.code, message: error.message };
	return {
		status: null,
		code: 'ANSWER_UNREADABLE',
		message: 'The answer is none of Downstream’s: something in between may have changed it.',
	};
}
