import { checkPeer } from '../../sync/link/check-peer.js';
import { closure } from '../../sync/link/closure.js';
import { jsonSchema } from '../../flush/core/describe-adapters.js';
import { syncOptions as options } from '../../../schema.js';
import { notFound } from '../request-error.js';
import type { Handler } from '../respond.js';

export const syncOptions: Handler<'syncOptions'> = async () => ({ data: jsonSchema(options) });

export const syncClosure: Handler<'syncClosure'> = async ({ input, runtime }) => ({
	data: await closure(runtime, input.schema),
});

export const syncCheck: Handler<'syncCheck'> = async ({ id, runtime }) => {
	// Also one that was saved a moment ago, or on another node.
	await runtime.rules.reload();
	const source = runtime.rules.target(id);
	if (source?.kind !== 'sync') throw notFound('remote source', id);
	const { at, ...checked } = await checkPeer(runtime, source);
	return { data: { ...checked, at: new Date(at).toISOString() } };
};
