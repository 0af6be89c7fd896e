import { pair, redeem, unpair } from '../../sync/link/pairing.js';
import { keepCredential } from '../../sync/link/sync-redeem.js';
import { PeerError } from '../../sync/core/link/peer-error.js';
import type { RemoteSource } from '../../sync/remote-source.js';
import type { Runtime } from '../../app/runtime.js';
import { notFound, RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';

export const syncPairing: Handler<'syncPairing'> = async ({ id, user, runtime }) => ({
	data: await pair(runtime, await findSource(id, runtime), user),
});

export const syncUnpair: Handler<'syncUnpair'> = async ({ id, user, runtime }) => ({
	data: await unpair(runtime, await findSource(id, runtime), user),
});

export const syncRedeem: Handler<'syncRedeem'> = async ({ id, input, accountability, runtime }) => {
	const source = await findSource(id, runtime);
	try {
		return { data: await keepCredential(runtime, source, { code: input.code, accountability }) };
	} catch (error) {
		if (error instanceof PeerError) throw new RequestError(502, 'PEER_FAILED', error.message, { reason: error.code });
		throw error;
	}
};

export const syncPair: Handler<'syncPair'> = async ({ input, code, runtime }) => {
	const redeemed = await redeem(runtime, { from: input.from, code });
	if (redeemed === null)
		throw new RequestError(
			400,
			'UNKNOWN_CODE',
			'this code was redeemed, has expired, or was never made: make a new one',
		);
	if ('refused' in redeemed) throw new RequestError(403, redeemed.code, redeemed.refused);
	return { data: { instance: runtime.sync.instance(), ...redeemed } };
};

async function findSource(id: string, { rules }: Runtime): Promise<RemoteSource> {
	if (!rules.target(id) || rules.stale()) await rules.reload();
	const source = rules.target(id);
	if (source?.kind !== 'sync') throw notFound('remote source', id);
	return source;
}
