import { spawn, type ChildProcess } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import type { Bundle } from '../../src/contract/bundle.js';
import { everythingChanged } from '../e2e/config-changes.js';
import {
	ask,
	buildFailing,
	copied,
	diff,
	everythingIn,
	pull,
	push,
	removeFailing,
	someConfig,
	stepsOf,
} from '../e2e/config-world.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { startDirectus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { pause } from '../kit/wait.js';

/** Which Directus to test, and where to report. */
export interface ConfigChaos {
	version: DirectusVersion;
	database: DatabaseKind;
	say(line: string): void;
}

/** Pushes of anything, with every consent. */
const CONSENT = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };

/**
 * Two large pushes and a comparison at once, again and again, while every core is busy with something else.
 * @returns what went wrong: a server that ended, an answer that is neither done nor "another one is at it", a state that
 * nobody pushed
 */
export async function pushAtOnce({ version, database, say }: ConfigChaos, runs: number): Promise<string[]> {
	const directus = await startDirectus({ version, database });
	const problems: string[] = [];
	const answers: Record<string, number> = {};
	const busy = burnCpu(4);
	try {
		await push(directus, someConfig(version, 1, { activeFlows: 4 }), CONSENT);
		const [one, other] = [await pull(directus), changedThroughout(await pull(directus))];
		const process = directus.process.pid;
		for (let run = 1; run <= runs; run++) {
			const began = Date.now();
			const [first, second] = await Promise.all([
				push(directus, one, CONSENT),
				push(directus, other, CONSENT),
				diff(directus, run % 2 === 0 ? one : other).catch((error: unknown) => {
					problems.push(`run ${run}: the comparison: ${String(error)}`);
				}),
			]);
			for (const { status, message } of [first, second]) {
				answers[status] = (answers[status] ?? 0) + 1;
				if (![200, 409, 423].includes(status)) problems.push(`run ${run}: ${status}: ${message}`);
			}
			if (directus.process.pid !== process || directus.process.exitCode !== null)
				throw new Error(`run ${run}: the server ended: ${directus.log().slice(-2000)}`);
			const now = JSON.stringify(await pull(directus));
			if (![one, other].some((state) => JSON.stringify(state) === now))
				problems.push(`run ${run}: a state that nobody pushed`);
			say(`run ${run}: ${first.status} and ${second.status}, ${Date.now() - began} ms`);
		}
		say(`answers: ${JSON.stringify(answers)}`);
		return problems;
	} finally {
		for (const child of busy) child.kill('SIGKILL');
		await directus.stop();
	}
}

/** Kills the server at random moments of a large push: what is there afterwards is the old state or the new one. */
export async function killPushes(
	{ version, database, say }: ConfigChaos,
	kills: number,
	random: () => number,
): Promise<string[]> {
	const directus = await startDirectus({ version, database });
	const problems: string[] = [];
	const found = { before: 0, after: 0 };
	try {
		await push(directus, someConfig(version, 0.4, { activeFlows: 4 }), CONSENT);
		let current = await pull(directus);
		let wanted = everythingChanged(changedThroughout(current));
		const began = Date.now();
		await push(directus, wanted, CONSENT);
		const lasts = Date.now() - began;
		[current, wanted] = [await pull(directus), current];
		for (let kill = 1; kill <= kills; kill++) {
			const moment = Math.round(random() * lasts * 1.6);
			const pushing = push(directus, wanted, CONSENT).catch(() => null);
			await pause(moment);
			await directus.kill9();
			await pushing;
			await directus.restart();
			const now = await pull(directus);
			const is = isDeepStrictEqual(now, current) ? 'before' : isDeepStrictEqual(now, wanted) ? 'after' : 'between';
			say(`killed after ${moment} of ${lasts} ms: ${is}`);
			if (is === 'between') problems.push(`killed after ${moment} ms: neither the old state nor the new one`);
			else found[is]++;
			const next = await push(directus, wanted, CONSENT);
			if (next.status !== 200) problems.push(`the push after that: ${next.status}: ${next.message}`);
			[current, wanted] = [await pull(directus), current];
			const left = stepsOf(await diff(directus, current));
			if (left.length > 0) problems.push(`the push after that left ${left.length} steps`);
		}
		say(`found ${JSON.stringify(found)}`);
		return problems;
	} finally {
		await directus.stop();
	}
}

/** Fails a push that touches every kind before each of its steps: everything is as it was each time. */
export async function failEverywhere({ version, database, say }: ConfigChaos): Promise<string[]> {
	const directus = await startDirectus({ version, database, extraExtensions: [await buildFailing()] });
	const problems: string[] = [];
	try {
		await pull(directus);
		await push(directus, someConfig(version, 0.04), CONSENT);
		const taken = await pull(directus);
		const wanted = everythingChanged(taken);
		const before = rowsOf(await everythingIn(directus), database);
		const count = stepsOf(await diff(directus, wanted)).length;
		const kinds = new Set<string>();
		for (let step = 0; step < count; step++) {
			const { status, body } = await ask(directus, '/failing/push', { bundle: wanted, fail_at: step });
			const [error] = body['errors'] as { message: string; extensions: { step?: { kind: string; name: string } } }[];
			const at = `step ${step} (${error?.extensions.step?.kind} ${error?.extensions.step?.name})`;
			kinds.add(error?.extensions.step?.kind ?? 'none');
			if (status !== 500 || !error?.message.includes('failed on purpose')) problems.push(`${at}: ${error?.message}`);
			if (!isDeepStrictEqual(rowsOf(await everythingIn(directus), database), before))
				problems.push(`${at}: the database is another than before`);
			if (!isDeepStrictEqual(await pull(directus), taken)) problems.push(`${at}: the configuration is another`);
		}
		say(`failed at each of ${count} steps, of ${kinds.size} kinds`);
		return problems;
	} finally {
		await directus.stop();
		removeFailing();
	}
}

/** Without the history, which has an entry for each failure, and on MySQL without tables whose rows get new ids. */
function rowsOf(everything: Record<string, unknown>, database: DatabaseKind): Record<string, unknown> {
	const passing = ['downstream_config_pushes'];
	if (database === 'mysql')
		passing.push(
			'directus_collections',
			'directus_fields',
			'directus_relations',
			'directus_panels',
			'directus_sync_id_map',
			'downstream_meta',
		);
	return Object.fromEntries(Object.entries(everything).filter(([table]) => !passing.includes(table)));
}

/** Something in every role, flow, operation, panel and policy. */
function changedThroughout(bundle: Bundle): Bundle {
	const changed = copied(bundle);
	const isDefault = (id: string) => id.startsWith('_sync_default');
	for (const kind of ['roles', 'policies', 'flows'] as const)
		for (const element of changed.elements[kind] ?? [])
			if (!isDefault(element._syncId)) element['description'] = 'Changed.';
	for (const operation of changed.elements.operations ?? []) operation['position_y'] = 3;
	for (const panel of changed.elements.panels ?? []) panel['width'] = 10;
	return changed;
}

/** Processes that do nothing but keep a core busy each. */
const burnCpu = (count: number): ChildProcess[] =>
	Array.from({ length: count }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
