/**
 * `npm run screenshots`: builds, and pictures every page of the studio in each of its states, light and dark, wide and
 * narrow, right to left, in Dutch, French and German, into `.tmp/screenshots/<directus>`, with an index.html to look through them. Notes
 * what went wrong meanwhile (console errors, pages that never stand). Flags after `--`:
 *
 *     npm run screenshots -- --directus 12          on these Directus versions only (12, 11)
 *     npm run screenshots -- --only overview        some pages of `test/studio/pages.ts`, separated by commas
 *     npm run screenshots -- --state failing        some states
 *     npm run screenshots -- --look light-1440      some looks
 *     npm run screenshots -- --no-build             what is in dist as it is
 */
import { runStudioScript } from './studio-script.mjs';

await runStudioScript('screenshots.ts');
