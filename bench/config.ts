import { isDeepStrictEqual } from 'node:util';
import type { Directus } from '../test/kit/directus.js';
import { startDirectus } from '../test/kit/directus.js';
import { peerFolder, type DirectusVersion } from '../test/kit/playground.js';
import { diff, pull, push, someConfig, stepsOf } from '../test/e2e/config-world.js';
import type { Bench } from './bench.js';
import { createTool, TOOLS, type Cost, type Tool, type ToolName } from './config-tools.js';
import { median, rounded } from './statistics.js';

/** Of `config.md`: so much of the peer's time at the most; beside directus-sync all bars are the same. */
const OF_D6S: Record<string, number> = {
	'pull without specifications': 1,
	'diff, nothing changed': 0.5,
	'push, nothing changed': 0.5,
	'push onto an empty instance': 0.5,
	'push of 10 changes': 0.5,
	'full mirror': 0.1,
};

/**
 * The configuration's command line beside Directus' own and `directus-sync`, each a process of its own, on the same
 * source and on empty targets of their own: the large configuration, on Directus 12 and 11 (where there is no `d6s`).
 */
export async function config(bench: Bench): Promise<void> {
	for (const version of bench.directus) await onVersion(bench, version);
}

async function onVersion({ database, report, quick, peers }: Bench, version: DirectusVersion) {
	const names = (Object.keys(TOOLS) as ToolName[]).filter(
		(name) => name === 'ours' || (peers.includes(name) && (name !== 'd6s' || version === '12')),
	);
	const start = () =>
		startDirectus({
			version,
			database,
			extraExtensions: [peerFolder('directus-extension-sync')],
			// Its answers are counted by its log.
			env: { LOG_LEVEL: 'info' },
		});
	const large = someConfig(version, 1, { activeFlows: 4 });
	const costs = new Map<string, Map<ToolName, Cost[]>>();
	const tools = names.map(createTool);
	const targets = new Map<Tool, Directus>();
	const source = await start();

	/** Ours and d6s several times in turns; directus-sync takes minutes, once. */
	async function inTurns(rounds: number, measure: string, work: (tool: Tool) => Promise<Cost>, before = nothing) {
		for (let round = 0; round < rounds; round++) {
			await before(round);
			for (const tool of round % 2 === 0 ? tools : tools.toReversed()) {
				if (tool.name === 'directus-sync' && round > 0) continue;
				try {
					const cost = await work(tool);
					const of = costs.get(measure) ?? new Map<ToolName, Cost[]>();
					of.set(tool.name, [...(of.get(tool.name) ?? []), cost]);
					costs.set(measure, of);
				} catch (error) {
					report.note(`${TOOLS[tool.name]}, ${measure}: ${error instanceof Error ? error.message : String(error)}`);
				}
			}
		}
	}
	const target = (tool: Tool): Directus => {
		const found = targets.get(tool);
		if (!found) throw new Error('it has no target');
		return found;
	};

	try {
		const filled = await push(source, large);
		if (filled.status !== 200) throw new Error(`the source could not be filled: ${filled.message}`);
		const rounds = quick ? 1 : 3;
		for (const tool of tools) await tool.pullConfigOnly(source);
		await inTurns(rounds, 'pull with specifications', (tool) => tool.pull(source));
		await inTurns(rounds, 'pull without specifications', (tool) => tool.pullConfigOnly(source));
		await inTurns(rounds, 'diff, nothing changed', (tool) => tool.diff(source));
		await inTurns(rounds, 'push, nothing changed', (tool) => tool.push(source));
		await inTurns(quick ? 1 : 2, 'push onto an empty instance', async (tool) => {
			await targets.get(tool)?.stop();
			targets.set(tool, await start());
			return tool.push(target(tool));
		});
		await inTurns(
			rounds,
			'push of 10 changes',
			async (tool) => {
				await tool.pullConfigOnly(source);
				return tool.push(target(tool));
			},
			(round) => tenChanges(source, round),
		);
		await inTurns(
			1,
			'full mirror',
			async (tool) => {
				await tool.pullConfigOnly(source);
				await target(tool).request('POST', '/roles', { name: 'Only here' });
				return tool.mirror(target(tool));
			},
			() => changesAndDeletions(source),
		);
		for (const [measure, of] of costs) show(measure, of);
		const ours = targets.get(tools[0] as Tool);
		if (ours) await compare(source, ours);
	} finally {
		for (const one of [source, ...targets.values()]) await one.stop();
		for (const tool of tools) tool.remove();
	}

	/** A push that is fast and wrong is worth nothing. */
	async function compare(from: Directus, to: Directus): Promise<void> {
		const [wanted, found] = [await pull(from), await pull(to)];
		const steps = stepsOf(await diff(to, wanted)).map(({ action, kind, name }) => `${action} ${kind} ${name}`);
		// But for the order of keys in JSON: d6s writes them sorted, also those of the source.
		const same = isDeepStrictEqual(wanted, found) && steps.length === 0;
		report.note(
			`On Directus ${version} our target is ${same ? 'what the source is' : `NOT what the source is: ${steps.join(', ')}`}.`,
		);
		if (!same) process.exitCode = 1;
	}

	function show(measure: string, of: Map<ToolName, Cost[]>): void {
		const middle = (name: ToolName, what: keyof Cost) => median((of.get(name) ?? []).map((cost) => cost[what]));
		for (const name of names.filter((one) => of.has(one))) {
			const bars = name === 'ours' ? names.filter((one) => one !== 'ours' && of.has(one)).map((peer) => bar(peer)) : [];
			report.add({
				scenario: 'config',
				database,
				measure: `${measure}, Directus ${version}`,
				contestant: TOOLS[name],
				values: {
					s: rounded(middle(name, 'seconds')),
					requests: middle(name, 'requests'),
					'server CPU s': rounded(middle(name, 'serverCpu')),
					...(name === 'ours' ? {} : { 'ours ×': rounded(middle('ours', 'seconds') / middle(name, 'seconds'), 3) }),
					runs: of.get(name)?.length ?? 0,
				},
				...(bars.length > 0
					? { bar: { text: bars.map(({ text }) => text).join('; '), reached: bars.every(({ reached }) => reached) } }
					: {}),
			});
		}

		function bar(peer: ToolName): { text: string; reached: boolean } {
			const time = middle('ours', 'seconds') / middle(peer, 'seconds');
			const asked = middle('ours', 'requests');
			if (peer === 'd6s') {
				const most = OF_D6S[measure] ?? 1;
				return { text: `≤ ${most} × d6s and ≤ 3 requests`, reached: time <= most && asked <= 3 };
			}
			const fewer = middle(peer, 'requests') / asked;
			return { text: '10 × faster than directus-sync, 100 × fewer requests', reached: time <= 0.1 && fewer >= 100 };
		}
	}
}

const nothing = async (_round: number) => {};

/** By hand, past all of them. */
async function tenChanges(source: Directus, round: number): Promise<void> {
	const text = `Changed ${round + 1} times.`;
	await change(source, 'roles', 'Role', 3, { description: text });
	await change(source, 'flows', 'Flow 2', 2, { description: text });
	await change(source, 'panels', 'Panel', 2, { note: text });
	await change(source, 'policies', 'Policy', 2, { description: text });
	await change(source, 'dashboards', 'Dashboard', 1, { note: text });
}

/** A dashboard goes with its ten panels, and a field of a table; three things change. */
async function changesAndDeletions(source: Directus): Promise<void> {
	await change(source, 'roles', 'Role', 3, { description: 'Before the mirror.' });
	const [dashboard] = await source.data<{ id: string }[]>('GET', '/dashboards?filter[name][_eq]=Dashboard 9');
	await source.request('DELETE', `/dashboards/${dashboard?.id}`);
	await source.request('DELETE', '/fields/c_016/notes');
}

async function change(source: Directus, kind: string, name: string, count: number, values: object): Promise<void> {
	const found = await source.data<{ id: string }[]>(
		'GET',
		`/${kind}?fields=id&sort=id&filter[name][_starts_with]=${name}&limit=${count}`,
	);
	await source.request('PATCH', `/${kind}`, { keys: found.map(({ id }) => id), data: values });
}
