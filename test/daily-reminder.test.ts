import { expect, it } from 'vitest';
import { migrateTables } from '../src/app/migrations.js';
import { createIncidents } from '../src/delivery/incidents.js';
import { latestIncident, runningIncidents, saveIncident } from '../src/delivery/tables/incident-table.js';
import { savePaused } from '../src/delivery/tables/target-state-table.js';
import { memoryDatabase } from './kit/memory-database.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const DAY_MS = 86_400_000;

it('reminds people once a day of targets that keep failing, and not of those that are paused', async () => {
	const database = memoryDatabase();
	let [time, ids] = [1_000, 0];
	const clock = { now: () => time, random: () => 0.5, id: () => String(++ids).padStart(4, '0') };
	await migrateTables(database, clock, silent);
	const reminded: string[] = [];
	const incidents = createIncidents({
		clock,
		kindOf: () => 'flush',
		latest: (target) => latestIncident(database, target),
		running: () => runningIncidents(database),
		save: (incident) => saveIncident(database, incident),
		hasRetrying: async () => true,
		notify: async ({ target }, notice) => void (notice === 'digest' && reminded.push(target)),
	});
	const error = { code: 'HTTP_503', message: 'the target answered 503' };
	for (const target of ['failing', 'paused']) await incidents.failed(target, 2, error, false);
	await savePaused(database, 'paused', null);
	for (let day = 1; day <= 2; day++) {
		time += DAY_MS;
		await incidents.digest();
		await incidents.digest();
	}
	expect(reminded).toEqual(['failing', 'failing']);
	await database.destroy();
});
