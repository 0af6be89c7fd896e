import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { installedVersion, ROOT } from '../test/kit/playground.js';

/** One line of the report. */
export interface Figure {
	scenario: string;
	database: string;
	/** What was done. */
	measure: string;
	/** Who did it. */
	contestant: string;
	/** By name, with the unit in the name: `p50 ms`. */
	values: Record<string, number | string>;
	/** Where this line has one: what it says, and whether it was reached; null where the interval does not tell. */
	bar?: { text: string; reached: boolean | null };
}

const WORDS = new Map([
	[true, 'reached'],
	[false, 'FALLS SHORT'],
	[null, 'undecided'],
]);

/** Prints figures as they come, and keeps them for the file. */
export function createReport() {
	const figures: Figure[] = [];
	const began = new Date();
	let last = '';

	return {
		figures,
		add(figure: Figure): void {
			figures.push(figure);
			const heading = `${figure.scenario}, ${figure.database}: ${figure.measure}`;
			if (heading !== last) console.log(`\n${heading}`);
			last = heading;
			const values = Object.entries(figure.values).map(([name, value]) => `${name} ${value}`);
			const bar = figure.bar ? `   [${WORDS.get(figure.bar.reached)}: ${figure.bar.text}]` : '';
			console.log(`  ${figure.contestant.padEnd(44)} ${values.join('   ')}${bar}`);
		},
		note: (text: string) => console.log(`\n${text}`),
		/** Prints what was and was not reached, and writes the file. */
		close(asked: Record<string, unknown>): void {
			const barred = figures.filter(({ bar }) => bar);
			const short = barred.filter(({ bar }) => bar?.reached === false);
			const undecided = barred.filter(({ bar }) => bar?.reached === null).length;
			console.log(
				`\n${barred.length - short.length - undecided} of ${barred.length} bars reached, ${undecided} undecided.`,
			);
			for (const { scenario, database, measure, contestant, values, bar } of short)
				console.log(
					`  falls short: ${scenario}, ${database}: ${measure}, ${contestant}: ${bar?.text}: ${JSON.stringify(values)}`,
				);
			const folder = join(ROOT, 'bench', 'results');
			mkdirSync(folder, { recursive: true });
			const name = `${began.toISOString().slice(0, 19).replaceAll(':', '-')}.json`;
			const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, loadAverage: loadavg() };
			const took = Math.round((Date.now() - began.getTime()) / 1000);
			const about = { began, seconds: took, directus: installedVersion('12'), machine, asked };
			writeFileSync(join(folder, name), `${JSON.stringify({ ...about, figures }, null, '\t')}\n`);
			console.log(`bench/results/${name}, after ${took} s, load average ${loadavg()[0]?.toFixed(1)}`);
		},
	};
}
export type Report = ReturnType<typeof createReport>;
