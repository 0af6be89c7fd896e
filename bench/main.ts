/** Measures flushing, config and sync on each database, side by side; `scripts/bench.mjs` calls it. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { DatabaseKind } from '../test/kit/database-servers.js';
import { databasesAvailable } from '../test/kit/databases-available.js';
import { providePostgres } from '../test/kit/embedded-postgres.js';
import { beginRun, removeLeftovers } from '../test/kit/leftovers.js';
import type { DirectusVersion } from '../test/kit/playground.js';
import type { Bench } from './bench.js';
import { badRow } from './bad-row.js';
import { bulk } from './bulk.js';
import { burst } from './burst.js';
import { coalescing } from './coalescing.js';
import { config } from './config.js';
import { createContestants, type ContestantName } from './contestants.js';
import { firstByte } from './first-byte.js';
import { mutationCost } from './mutation-cost.js';
import { nodes } from './nodes.js';
import { createReport } from './report.js';
import { reads } from './reads.js';
import { scale } from './scale.js';
import { sender } from './sender.js';
import { sync } from './sync.js';
import { statements } from './statements.js';
import { triggers } from './triggers.js';
import { startLoad, startSink } from './workers.js';

const SCENARIOS: Record<string, (bench: Bench) => Promise<void>> = {
	'mutation-cost': mutationCost,
	statements,
	burst,
	bulk,
	'first-byte': firstByte,
	coalescing,
	sender,
	scale,
	config,
	sync,
	triggers,
	reads,
	'bad-row': badRow,
	nodes,
};

const { values: asked } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		only: { type: 'string' },
		scale: { type: 'boolean', default: false },
		rows: { type: 'string', default: '1000000' },
		items: { type: 'string' },
		kinds: { type: 'string' },
		database: { type: 'string', default: 'sqlite,postgres' },
		directus: { type: 'string', default: '12,11' },
		peers: { type: 'string', default: 'd6s,directus-sync' },
		'cpu-profile': { type: 'string' },
		against: { type: 'string' },
		seconds: { type: 'string' },
		'in-a-row': { type: 'string' },
		contestants: { type: 'string' },
	},
});
// These take long, or are of an option: they run only where they are asked for.
const runsByItself = (name: string) =>
	name === 'scale' ? asked.scale : !['bulk', 'triggers', 'reads', 'bad-row', 'nodes'].includes(name);
const names = asked.only?.split(',') ?? Object.keys(SCENARIOS).filter(runsByItself);
const databases = asked.database.split(',') as DatabaseKind[];
const unknown = names.filter((name) => !(name in SCENARIOS));
if (unknown.length > 0) throw new Error(`"${unknown}" is no scenario; there are ${Object.keys(SCENARIOS)}.`);

beginRun();
const endPostgres = await providePostgres();
const available = await databasesAvailable();
const [sink, load, report] = [await startSink(), startLoad(), createReport()];
// `--cpu-profile <folder>`: every Directus leaves a profile there when it stops.
const profiling = asked['cpu-profile'];
const env: Record<string, string> = profiling ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiling}` } : {};
const against = asked.against ? resolve(asked.against) : null;
try {
	for (const database of databases) {
		if (available[database] !== null) {
			report.note(`Not measured on ${database}: ${available[database] ?? 'it is not known'}`);
			continue;
		}
		const contestants = createContestants(database, sink, { env, against });
		try {
			for (const name of names) {
				// It compares command lines, with what they ask of one database or another; one tells enough.
				if (name === 'config' && database !== databases[0]) continue;
				await SCENARIOS[name]?.({
					database,
					contestants,
					sink,
					load,
					report,
					quick: asked.quick,
					seconds: Number(asked.seconds ?? (asked.quick ? 12 : 60)),
					against,
					inARow: asked['in-a-row'] ? Number(asked['in-a-row']) : null,
					only: (asked.contestants?.split(',') as ContestantName[] | undefined) ?? null,
					rows: Number(asked.rows),
					items: Number(asked.items ?? (asked.quick ? 2_000 : 10_000)),
					kinds: asked.kinds?.split(',') ?? null,
					directus: asked.directus.split(',') as DirectusVersion[],
					peers: asked.peers.split(','),
					env,
				}).catch((error: unknown) => {
					process.exitCode = 1;
					report.note(
						`${name} on ${database} could not be measured: ${error instanceof Error ? error.stack : String(error)}`,
					);
				});
			}
		} finally {
			await contestants.stop();
		}
	}
	report.close(asked);
} finally {
	sink.stop();
	load.stop();
	await removeLeftovers();
	await endPostgres();
}
