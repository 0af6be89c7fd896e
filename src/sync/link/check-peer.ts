import type { CheckedCollection, LinkCheck } from '../../contract/answers/links.js';
import { checkLink } from '../core/rules/check-link.js';
import { fitPolicies } from '../core/rules/fit-policies.js';
import { linkNotes } from '../core/rules/link-notes.js';
import { syncWelcome } from '../../contract/sync-messages.js';
import { fitSchema, isHidden } from '../core/rules/schema-fit.js';
import { whyNotPlain } from '../plain/plain-values.js';
import type { RemoteSource } from '../remote-source.js';
import { PeerError } from '../core/link/peer-error.js';
import { askPeer } from './sync-peer.js';
import type { SyncPorts } from '../sync-ports.js';
import { messageOf } from '../../kernel/core/message-of.js';

/** How long the other side may take to say who it is. */
const PATIENCE_MS = 10_000;

/** Finds out, step by step, whether a remote source can work: also for drafts, and changes nothing but what is known of the peer. */
export async function checkPeer(
	ports: SyncPorts<
		'clock' | 'environment' | 'http',
		'identityOf' | 'instance' | 'learnOffers' | 'met' | 'peer' | 'reads'
	>,
	source: RemoteSource,
): Promise<Omit<LinkCheck, 'at'> & { at: number }> {
	const { clock, sync, environment } = ports;
	const facts = await ask(ports, source);
	const { welcome } = facts;
	const isDenied = ({ rule }: RemoteSource['rules'][number]) => {
		const offer = welcome?.collections[rule.collection];
		return rule.direction !== 'pull' && offer?.exists === true && isHidden(offer);
	};
	const steps = checkLink({
		denied: [...new Set(source.rules.filter(isDenied).map(({ rule }) => rule.collection))],
		url: source.url,
		instance: sync.instance(),
		ownUrl: environment.PUBLIC_URL,
		known: sync.peer(source.id),
		pulled: source.rules
			.filter(({ rule, follows, onlyReferenced }) => rule.direction !== 'push' && !follows && !onlyReferenced)
			.map(({ rule }) => rule.collection),
		...facts,
	});
	const isPlain = facts.hasDownstream === false && facts.knowsToken;
	const collections = isPlain
		? withoutExtension(ports, source)
		: welcome &&
			source.rules.map((compiled): CheckedCollection => {
				const { collection } = compiled.rule;
				const { stops, warnings } = fitSchema(compiled, welcome.collections[collection], source.name || source.url);
				const keepsMs = { local: sync.reads.keepsMs, remote: welcome.keeps_ms };
				const notes = linkNotes(compiled, keepsMs, source.name || source.url);
				const implied = compiled.follows !== null || compiled.onlyReferenced;
				const unlike = implied ? [] : fitPolicies(compiled, welcome.policies, source.name || source.url);
				const told = { collection, index: compiled.index, implied, notes };
				// That nothing may be written there is said once, of all of them: by the step of the policy.
				if (isDenied(compiled)) return { ...told, stops: [...stops, ...warnings], warnings: unlike };
				return { ...told, stops, warnings: [...warnings, ...unlike] };
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
const withoutExtension = ({ sync }: SyncPorts<never, 'identityOf'>, { rules }: RemoteSource): CheckedCollection[] =>
	rules.map(({ rule: { collection }, index, follows, onlyReferenced }) => {
		const message = whyNotPlain(collection, sync.identityOf(collection), 'update');
		const stops = message === null ? [] : [{ path: `/schema/${index}`, code: 'needs_extension', message }];
		return { collection, index, implied: follows !== null || onlyReferenced, stops, warnings: [], notes: [] };
	});

type Facts = Pick<
	Parameters<typeof checkLink>[0],
	'unreachable' | 'isDirectus' | 'hasDownstream' | 'hasToken' | 'refusal' | 'welcome' | 'knowsToken' | 'ahead'
>;

async function ask(
	{ http, sync, clock }: SyncPorts<'clock' | 'http', 'instance'>,
	source: RemoteSource,
): Promise<Facts> {
	const facts: Facts = {
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
		facts.isDirectus = pong.body.trim() === 'pong';
	} catch (error) {
		return { ...facts, unreachable: messageOf(error) };
	}
	const collections = [...new Set(source.rules.map(({ rule }) => rule.collection))];
	const hello = (as: Pick<RemoteSource, 'url' | 'apiKey' | 'options'>) =>
		askPeer(as, { from: sync.instance(), path: 'hello', body: { collections }, answer: syncWelcome }, http);
	const asked = clock.now();
	try {
		facts.welcome = await hello(source);
		facts.hasDownstream = true;
		facts.ahead = facts.welcome.now - (asked + clock.now()) / 2;
	} catch (error) {
		facts.refusal = refusalIn(error);
		facts.hasDownstream = await hasDownstream(facts.refusal.status, () =>
			hello({ ...source, apiKey: () => Promise.resolve(null) }),
		);
	}
	if (facts.hasDownstream === false && facts.hasToken) facts.knowsToken = await knowsToken(source, http);
	return facts;
}

/** Whether Directus itself knows who comes with the token. */
async function knowsToken(source: RemoteSource, http: SyncPorts<'http'>['http']): Promise<boolean> {
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
