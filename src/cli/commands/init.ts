import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunCommand } from '../command.js';
import { writeOneFile } from '../dump-folder.js';
import { Failure } from '../failure.js';

const FILE = 'downstream.config.json';

/** Three environments, with their credentials in environment variables; the last one is protected. */
const CONFIG = {
	dumpPath: './directus-config',
	environments: {
		dev: { directusUrl: '${DEV_URL:-http://localhost:8055}', directusToken: '${DEV_TOKEN}' },
		staging: { directusUrl: '${STAGING_URL}', directusToken: '${STAGING_TOKEN}' },
		prod: {
			directusUrl: '${PROD_URL}',
			directusToken: '${PROD_TOKEN}',
			protected: true,
			overlays: {},
		},
	},
};

/** Writes a first configuration file; never overwrites one. */
export const init: RunCommand = async ({ folder, options, print, terminal }) => {
	if (options.configFile !== null)
		throw new Failure('CONFIG_EXISTS', 'There is already a configuration file.', {
			where: relative(folder, options.configFile) || options.configFile,
			advice: 'Add "environments" to it by hand. Nothing was written.',
		});
	const file = join(folder, FILE);
	if (existsSync(file)) throw new Failure('CONFIG_EXISTS', 'There is already a configuration file.', { where: FILE });
	await writeOneFile(file, `${JSON.stringify(CONFIG, null, '\t')}\n`);
	const ignored = existsSync(join(folder, '.gitignore'));
	print({ written: [FILE] }, () => {
		const { paint } = terminal;
		return [
			`${paint('green', '✔')} Wrote ${FILE} with the environments dev, staging and prod (protected).`,
			'',
			'Next:',
			`  1. Put DEV_TOKEN, STAGING_URL and the other variables into .env${ignored ? '' : ', and .env into .gitignore'}.`,
			'  2. downstream pull --env dev       writes the configuration of dev to files; commit them.',
			'  3. downstream check --env staging  lists what prevents a push.',
			'  4. downstream push --env staging   shows the plan, asks, and applies it.',
		].join('\n');
	});
	return 0;
};
