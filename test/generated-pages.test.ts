import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { adaptersPage } from '../scripts/adapters-page.js';
import { commandsPage } from '../scripts/commands-page.js';
import { eventsPage } from '../scripts/events-page.js';
import { routesPage } from '../scripts/routes-page.js';
import packageJson from '../package.json' with { type: 'json' };

test.each([
	['docs/adapters.md', adaptersPage],
	['docs/commands.md', commandsPage],
	['docs/events.md', eventsPage],
	['docs/routes.md', () => routesPage(packageJson.version)],
])('%s is what the code says now; "npm run docs" writes it', async (name, page) => {
	const file = new URL(`../${name}`, import.meta.url).pathname;
	const style = await resolveConfig(file);
	expect(readFileSync(file, 'utf8')).toBe(await format(page(), { ...style, filepath: file }));
});
