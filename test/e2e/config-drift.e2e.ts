import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { elementOf, pull, push } from './config-world.js';

const available = await databasesAvailable();
const [VERSION = '12'] = sampledVersions(import.meta.url);
const EDITOR = '00000000-0000-4000-8000-000000000001';

for (const database of (['sqlite', 'postgres'] as const).filter((one) => available[one] === null)) {
	describe(`a configuration that is changed by hand, on ${database}, Directus ${VERSION}`, () => {
		let directus: Directus;
		beforeAll(async () => {
			directus = await startDirectus({ version: VERSION, database, env: { DOWNSTREAM_DRIFT: '1m' } });
		});
		afterAll(async () => {
			await directus?.stop();
		});

		interface Diagnostic {
			code: string;
			message: string;
		}
		const drift = async () =>
			(await directus.data<{ diagnostics: Diagnostic[] }>('GET', '/downstream/status')).diagnostics.find(
				({ code }) => code === 'CONFIG_DRIFT',
			);
		const notices = async () =>
			Number((await directus.sql('directus_notifications').count({ rows: '*' }).first())?.['rows']);
		/** A process looks when it starts, and then every minute. */
		const lookAgain = async () => {
			await directus.sql('downstream_meta').where({ key: 'lease:drift' }).update({ holder: null, until: null });
			await directus.restart();
		};

		test(
			'is told once, in the status, as a metric and to who pushed, until the next push',
			{ timeout: 240_000 },
			async () => {
				const bundle = await pull(directus);
				bundle.elements.roles?.push({ ...elementOf(bundle, 'roles'), _syncId: EDITOR, name: 'Editor' });
				expect(await push(directus, bundle)).toMatchObject({ status: 200, message: '' });
				await lookAgain();
				await until(() => directus.sql('downstream_meta').where({ key: 'lease:drift' }).whereNotNull('holder').first());
				expect(await drift()).toBeUndefined();

				await directus.request('PATCH', '/settings', { project_descriptor: 'By hand' });
				const [role] = await directus.sql('directus_roles').where({ name: 'Editor' }).select<{ id: string }[]>('id');
				await directus.request('PATCH', `/roles/${role?.id}`, { name: 'Renamed by hand' });
				await lookAgain();
				const found = await until(drift, { timeout: 30_000 });
				expect(found.message).toContain('roles "Renamed by hand"');
				expect(found.message).not.toContain('added');
				expect(found.message).toMatch(/roles "Renamed by hand" \(by [^)]+ at \d{4}-/);
				await until(async () => (await notices()) === 1);
				const metrics = await fetch(`${directus.url}/downstream/metrics`, {
					headers: { authorization: `Bearer ${directus.token}` },
				});
				expect(await metrics.text()).toMatch(/^downstream_config_drift [12]$/m);

				await lookAgain();
				await until(() => directus.sql('downstream_meta').where({ key: 'lease:drift' }).whereNotNull('holder').first());
				expect(await drift()).toBeDefined();
				expect(await notices()).toBe(1);

				expect(await push(directus, bundle)).toMatchObject({ status: 200, message: '' });
				expect(await drift()).toBeUndefined();
			},
		);
	});
}
