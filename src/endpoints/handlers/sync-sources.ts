import { PROTOCOL } from '../../contract/sync-messages.js';
import { PeerError } from '../../sync/core/link/peer-error.js';
import { mayPass } from '../../kernel/core/passing-errors.js';
import { refusalOf } from '../../sync/core/wire/refusal.js';
import type { RemoteSource } from '../../sync/remote-source.js';
import type { Runtime } from '../../app/runtime.js';
import { notFound, RequestError } from '../request-error.js';

/** The remote source with this id; by default only one that is in use. */
export async function findSource(id: string, { rules }: Runtime, published = true): Promise<RemoteSource> {
	if (!rules.target(id) || rules.stale()) await rules.refresh();
	const source = rules.target(id);
	if (source?.kind !== 'sync') throw notFound('remote source', id);
	if (!published || (source.status === 'published' && source.options)) return source;
	const why = source.options ? `is ${source.status}: publish it first` : 'has invalid options: fix them first';
	throw new RequestError(400, 'INVALID_PAYLOAD', `"${source.name}" ${why}`);
}

/** A collection without a rule would be skipped silently, as if it were equal. */
export function mustHaveRules({ name, rules }: RemoteSource, collections: string[] | undefined): void {
	const known = rules.filter(({ onlyReferenced }) => !onlyReferenced).map(({ rule }) => rule.collection);
	const without = (collections ?? []).filter((collection) => !known.includes(collection));
	if (without.length === 0) return;
	const ruled = known.length === 0 ? 'it has none' : `it has rules for ${known.join(', ')}`;
	throw new RequestError(400, 'INVALID_PAYLOAD', `"${name}" has no rule for ${without.join(', ')}: ${ruled}`);
}

/** What the other instance refuses is told as its refusal, and not as an error of this one. */
export async function asked<T>(question: () => Promise<T>): Promise<T> {
	try {
		return await question();
	} catch (error) {
		if (error instanceof PeerError) throw new RequestError(502, 'PEER_FAILED', error.message, { reason: error.code });
		throw error;
	}
}

export function mustSpeak(protocol: number): void {
	if (protocol === PROTOCOL) return;
	const older = protocol < PROTOCOL ? 'the sending instance' : 'this instance';
	throw new RequestError(
		400,
		'PROTOCOL',
		`the other side speaks version ${protocol} of the sync protocol, this one ${PROTOCOL}: update Downstream on ${older}`,
	);
}

/**
 * Before rows of another instance are taken in: it is another one, speaks as this one does, and is held to the rules of
 * now.
 */
export async function beforeTakingIn(
	{ protocol, from }: { protocol: number; from: string },
	{ sync, rules }: Runtime,
): Promise<void> {
	mustSpeak(protocol);
	if (from === sync.instance())
		throw new RequestError(409, 'SAME_INSTANCE', 'the sender has the id of this instance: one is a copy of the other');
	// Rules that were just changed decide from then on.
	if (rules.stale()) await rules.refresh();
	// Another node may have met it just now: by which rules its rows are taken in depends on who it is.
	if (!sync.sourceOf(from)) await sync.learnPeers();
	await sync.lossesRecorded();
}

/** What a database refuses for the moment is told as that, so that the sender tries again. */
export async function writing<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (!mayPass(error)) throw error;
		throw new RequestError(503, 'SERVICE_UNAVAILABLE', `nothing can be written just now: ${refusalOf(error).message}`);
	}
}
