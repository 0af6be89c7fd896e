/**
 * `node scripts/studio-bars.mjs`: builds, and measures what the studio must reach (shared with no test, since a busy
 * machine measures badly): how large the app's files are, and what opening each page costs the browser's main thread
 * beside Directus' own Activity page. Ends with 1 where a bar is not reached. Flags:
 *
 *     --directus 12     on these Directus versions only (12, 11)
 *     --rounds 4        how often each page is opened; medians count
 *     --no-build        what is in dist as it is
 */
import { runStudioScript } from './studio-script.mjs';

await runStudioScript('bars.ts');
