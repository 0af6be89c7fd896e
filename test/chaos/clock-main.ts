import { databasesAvailable } from '../kit/databases-available.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import type { DirectusVersion } from '../kit/playground.js';
import { checkClock } from './clock.js';
import { CAN_FAKE } from './fake-time.js';

/** `npm run chaos -- --clock`: moments, retries and leases in several time zones, and with clocks that are wrong. */
const [databases = 'sqlite,postgres,mysql', version = '12'] = process.argv.slice(2);
const available = await databasesAvailable();
const HOUR = 3_600_000;
const ZONES: [zone: string, off: number][] = [
	['UTC', 0],
	['America/New_York', 0],
	['Asia/Kolkata', 0],
	...(CAN_FAKE
		? ([
				['UTC', HOUR],
				['America/New_York', -HOUR],
			] as [string, number][])
		: []),
];
if (!CAN_FAKE) console.log('libfaketime is not installed: no clock is wrong here');
let wrong = 0;
for (const database of databases.split(',') as DatabaseKind[]) {
	if (available[database] !== null) continue;
	for (const [zone, off] of ZONES) {
		const found = await checkClock({ version: version as DirectusVersion, database, zone, off });
		wrong += found.wrong.length;
		console.log(
			`${database}, ${zone}, clock ${off / HOUR} h ahead: ${JSON.stringify(found.figures)}, ${found.wrong.length} wrong`,
		);
		for (const one of found.wrong) console.log(`  ${one}`);
	}
}
process.exitCode = wrong > 0 ? 1 : 0;
