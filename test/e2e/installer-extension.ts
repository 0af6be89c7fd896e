import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEPT, ROOT } from '../kit/playground.js';
import { buildExtension, describeExtension } from './test-extension.js';

/** Where this process writes the extensions of its tests. */
const EXTENSIONS = join(KEPT, `install-test-${process.pid}`);

export function removeExtensions(): void {
	rmSync(EXTENSIONS, { recursive: true, force: true });
}

/** An extension that does nothing but the install step, at start-up as the package's own hook does it. */
export async function buildInstaller(): Promise<string> {
	const folder = join(EXTENSIONS, 'installer');
	const entry = join(folder, 'entry.ts');
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		entry,
		`import { randomUUID } from 'node:crypto';
		import { readSettings } from '${ROOT}src/kernel/core/read-settings.ts';
		import { installParts } from '${ROOT}src/install/install-parts.ts';
		import { migrateTables } from '${ROOT}src/app/migrations.ts';
		import { withLock } from '${ROOT}src/kernel/database/with-lock.ts';
		export default ({ init }, { services, getSchema, database, logger, env }) => {
			init('app.before', async () => {
				const clock = { now: Date.now, random: Math.random, id: randomUUID };
				await migrateTables(database, clock, logger);
				const report = await installParts({
					services, getSchema, database, logger,
					environment: readSettings(env).environment,
					secretIsSet: Boolean(env['SECRET']),
					withLock: (work) => withLock(database, clock, 'install', work),
				});
				logger.info('[installer] ' + JSON.stringify(report));
			});
		};`,
	);
	await buildExtension(folder, 'hook');
	return folder;
}

/** An extension that reads items as code inside Directus does: `GET /probe/<collection>`, with full rights. */
export function writeProbe(): string {
	const folder = join(EXTENSIONS, 'probe');
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		join(folder, 'index.js'),
		`export default {
			id: 'probe',
			handler: (router, { services, getSchema }) => {
				router.get('/:collection', async (request, response) => {
					const items = new services.ItemsService(request.params.collection, { schema: await getSchema(), accountability: null });
					response.json({ data: await items.readByQuery({ fields: ['*'], limit: -1 }) });
				});
			},
		};`,
	);
	describeExtension(folder, 'endpoint', 'index.js');
	return folder;
}

/** An extension that kills Directus as a power cut would, in the middle of the `CRASH_AT`th thing that it installs. */
export function writeCrasher(): string {
	const folder = join(EXTENSIONS, 'crasher');
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		join(folder, 'index.js'),
		`let left = Number(process.env.CRASH_AT ?? Infinity);
		export default ({ filter }) => {
			for (const event of ['collections.create', 'fields.create', 'relations.create']) {
				filter(event, () => {
					if (--left === 0) process.kill(process.pid, 'SIGKILL');
				});
			}
		};`,
	);
	describeExtension(folder, 'hook', 'index.js');
	return folder;
}
