/**
 * How Directus' services write within a push's transaction: no events are emitted and no caches cleared before it is committed.
 * To be copied, since the services write into what they are given.
 */
export const QUIET = {
	emitEvents: false,
	autoPurgeCache: false,
	autoPurgeSystemCache: false,
	bypassLimits: true,
	bypassEmitAction: () => {},
};
