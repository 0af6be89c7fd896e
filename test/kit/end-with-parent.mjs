/**
 * Preloaded into every Directus that the kit starts: when the process that started it is gone, however it went, the
 * channel between the two closes, and Directus ends too. So a test run that is killed leaves no server behind.
 */
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
	process.on('disconnect', () => process.exit(0));
	process.channel.unref();
}
