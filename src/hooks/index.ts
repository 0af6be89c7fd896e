import type { HookConfig } from '@directus/extensions';
import { start } from '../app/start.js';
import { leaveTimeForSaves } from './leave-time-for-saves.js';
import { listen } from './listen.js';
import { checkOnSave } from './check-on-save.js';
import { allowOwnTokens } from './allow-own-tokens.js';
import { tagReads } from './tag-reads.js';

/**
 * The hook's entry. Synchronous, because Directus does not wait for it: what takes time happens in `app.after`, which
 * Directus does wait for before it serves the first request.
 */
export default ((events, context) => {
	const started = start(context as never);
	checkOnSave(events, started);
	listen(events, started);
	leaveTimeForSaves(events);
	allowOwnTokens(events, started);
	tagReads(events, started);
	events.init('app.after', () => started.serve());
	events.init('cli.after', () => started.captureOnly());
}) satisfies HookConfig;
