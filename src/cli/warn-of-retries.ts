import type { Options } from './options.js';
import type { Progress } from './progress.js';

/** Says once that a setting of `directus-sync` is no longer needed. */
export function warnOfRetries({ maxPushRetriesGiven }: Pick<Options, 'maxPushRetriesGiven'>, progress: Progress): void {
	if (maxPushRetriesGiven)
		progress.warn('--max-push-retries (maxPushRetries) is no longer needed: everything is applied in one pass.');
}
