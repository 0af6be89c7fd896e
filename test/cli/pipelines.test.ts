import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { change, plan, startInstance, TOKEN } from './instance.js';
import { folderWith, run } from './run.js';

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const update = plan(change({ fields: [{ field: 'name', from: 'Old', to: 'Editor' }] }));

test.each(['examples/pipelines/github.yml', 'examples/pipelines/gitlab.yml', 'docs/config.md'])(
	'the commands of %s work as they are written, with the configuration that init writes',
	async (file) => {
		const commands = Array.from(
			read(file).matchAll(/^\s*(?:- (?:run: )?)?downstream ((?:check|diff|push) [^|>#\n]*)/gm),
			([, words = '']) => words.trim().split(/ +/),
		);
		expect(commands.length).toBeGreaterThanOrEqual(4);
		const instance = await startInstance({
			'POST /downstream/config/diff': { data: update, meta: { issues: [], warnings: [] } },
			'POST /downstream/config/push': { data: { id: 'p', dry_run: false, plan: update }, meta: { warnings: [] } },
		});
		const folder = folderWith({ 'directus-config/collections/roles.json': [{ _syncId: 'editor', name: 'Editor' }] });
		await run(['init'], folder);
		const variables = { DOWNSTREAM_ENV: 'prod', PROD_URL: instance.url, PROD_TOKEN: TOKEN, CI: 'true' };
		for (const argv of commands) {
			const done = await run([...argv, '-o', 'roles', '--no-snapshot'], folder, { variables });
			expect(done, `${argv.join(' ')}\n${done.err}`).toMatchObject({ code: argv.includes('drift') ? 2 : 0 });
		}
		expect(instance.names().filter((name) => name.endsWith('/push'))).toHaveLength(1);
	},
);
