/**
 * `npm run docs`: writes the lists of adapters, and what is made from the code: `openapi.json` and `routes.md` (routes),
 * `adapters.md` (adapters), `events.md` (what webhooks receive) and `commands.md` (command line), all in `docs`; and the index of decisions. Started under any Node, it goes on under ours.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { nodeEnvironment, ROOT } from './install.mjs';

if (process.argv[2] === 'here') {
	await import('./typescript.mjs');
	const { writeAdapterLists } = await import('./adapter-list.mjs');
	await writeAdapterLists();
	const { openapi } = await import('./openapi.ts');
	const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
	const file = join(ROOT, 'docs', 'openapi.json');
	const style = await resolveConfig(file);
	writeFileSync(file, await format(JSON.stringify(openapi(version)), { ...style, filepath: file }));
	const { routesPage } = await import('./routes-page.ts');
	const routes = join(ROOT, 'docs', 'routes.md');
	writeFileSync(routes, await format(routesPage(version), { ...style, filepath: routes }));
	const { adaptersPage } = await import('./adapters-page.ts');
	const page = join(ROOT, 'docs', 'adapters.md');
	writeFileSync(page, await format(adaptersPage(), { ...style, filepath: page }));
	const { eventsPage } = await import('./events-page.ts');
	const events = join(ROOT, 'docs', 'events.md');
	writeFileSync(events, await format(eventsPage(), { ...style, filepath: events }));
	const { commandsPage } = await import('./commands-page.ts');
	const commands = join(ROOT, 'docs', 'commands.md');
	writeFileSync(commands, await format(commandsPage(), { ...style, filepath: commands }));
	const decisions = join(ROOT, 'docs', 'decisions');
	const index = join(decisions, 'README.md');
	const records = readdirSync(decisions).filter((name) => /^\d{4}-/.test(name));
	const lines = records.toSorted().map((name) => {
		const [, title = ''] = /^# \d+\. (.+)$/m.exec(readFileSync(join(decisions, name), 'utf8')) ?? [];
		return `- [${name.slice(0, 4)}](${name}) ${title}`;
	});
	const [intro] = readFileSync(index, 'utf8').split('\n- [');
	writeFileSync(index, await format(`${intro}\n${lines.join('\n')}\n`, { ...style, filepath: index }));
} else {
	const script = join(ROOT, 'scripts', 'generate-docs.mjs');
	process.exitCode = spawnSync('node', [script, 'here'], { env: nodeEnvironment(), stdio: 'inherit' }).status ?? 1;
}
