import { printable } from '../kernel/core/printable.js';
import type { Run } from '../contract/answers/sync.js';
import type { CommandContext } from './command.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';
import type { Terminal } from './terminal.js';
import { count } from '../kernel/core/count.js';

const POLL_MS = 500;
/** Where lines cannot be overwritten: how much further it must be, in percent, to be worth another one. */
const WORTH_A_LINE = 10;
/** Answers in a row in which nothing has moved, after which it is said why that may be. */
const PATIENCE = 20;

/**
 * Waits until all that a run queued has arrived or failed; gives how it ended.
 *
 * @throws Failure where the run itself ended otherwise
 */
export async function followRun(
	{ progress, terminal }: Pick<CommandContext, 'progress' | 'terminal'>,
	instance: Connection,
	{ source, named, run }: { source: string; named: string; run: string },
): Promise<Run> {
	const path = `/downstream/sync/peers/${encodeURIComponent(source)}/progress`;
	const mine = (candidate: Run | null): Run => {
		if (candidate?.id === run) return candidate;
		throw new Failure('SUPERSEDED', 'Another run of this remote source has begun meanwhile.', {
			where: `GET ${instance.url}${path}`,
			advice: `What this one queued is still sent; "downstream compare ${named}" says when all has arrived.`,
		});
	};
	let [reported, still, before] = [0, 0, ''];
	return progress.during(`Sending to "${printable(named)}"`, async (step) => {
		for await (const stage of stages(instance, path)) {
			const now = mine(stage);
			if (now.status === 'failed' || now.status === 'cancelled') throw notDone(now, named);
			if (now.status === 'done') return now;
			const share = shareOf(now);
			const text = describe(now);
			step.update(`${bar(share, terminal)} ${text}`);
			if (!terminal.isLive && share >= reported + WORTH_A_LINE) {
				progress.note(`${share} %: ${text}`);
				reported = share;
			}
			still = text === before ? still + 1 : 0;
			before = text;
			if (still === PATIENCE && now.deliveries.retrying > 0)
				progress.warn(
					`${count(now.deliveries.retrying, 'row')} could not be sent yet, and will be tried again; "downstream deliveries --target ${source} --status retrying" says why. Ending this command ends only the waiting.`,
				);
		}
		throw new Error('what is followed for ever has ended');
	});
}

/** The stages of a run, endlessly: an instance may end its answer before the run has ended, or answer with one stage at a time. */
async function* stages(instance: Connection, path: string): AsyncGenerator<Run | null> {
	for (;;) {
		yield* instance.follow<Run | null>(path);
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}

const notDone = ({ action, status, error }: Run, named: string) =>
	new Failure(
		'RUN_ENDED',
		`The ${action} ${status === 'failed' ? 'failed' : 'was cancelled'}${error ? `: ${error}` : ''}.`,
		{
			advice: `What it had queued is still sent. Once that is fixed, "downstream ${action} ${named}" sends the rest.`,
		},
	);

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const settled = ({ deliveries }: Run) => deliveries.delivered + deliveries.failed + deliveries.cancelled;

/** In percent: rows that were looked at, and of those that had to be sent, those that were. */
function shareOf(run: Run): number {
	const all = sum(run.collections.map(({ total, read, queued }) => Math.max(total, read) + queued));
	const done = sum(run.collections.map(({ read }) => read)) + settled(run);
	return all === 0 ? 100 : Math.min(100, Math.floor((done / all) * 100));
}

function describe(run: Run): string {
	const read = sum(run.collections.map((collection) => collection.read));
	const total = sum(run.collections.map((collection) => Math.max(collection.total, collection.read)));
	const queued = sum(run.collections.map((collection) => collection.queued));
	const looked = `${read.toLocaleString('en-US')} of ${count(total, 'row')} looked at`;
	const { failed, retrying } = run.deliveries;
	const parts = [
		looked,
		`${run.deliveries.delivered.toLocaleString('en-US')} of ${queued.toLocaleString('en-US')} sent`,
	];
	if (retrying > 0) parts.push(`${retrying.toLocaleString('en-US')} tried again`);
	if (failed > 0) parts.push(`${failed.toLocaleString('en-US')} failed`);
	return parts.join(', ');
}

const WIDTH = 20;

function bar(share: number, { paintError }: Terminal): string {
	const full = Math.round((share / 100) * WIDTH);
	return `${paintError('green', '█'.repeat(full))}${paintError('dim', '░'.repeat(WIDTH - full))} ${share} %`;
}

/** How a run ended, in a few lines. */
export function runText(run: Run, { source, named }: { source: string; named: string }, { paint }: Terminal): string {
	const read = sum(run.collections.map((collection) => collection.read));
	const { delivered, failed } = run.deliveries;
	const sent = delivered === 0 ? 'nothing had to be sent' : `${count(delivered, 'row')} sent and taken in`;
	const lines = [
		`${paint(failed > 0 ? 'yellow' : 'green', failed > 0 ? '▲' : '✔')} ${count(read, 'row')} looked at, ${sent}.`,
		...askedLines(run),
	];
	if (failed > 0)
		lines.push(
			`${paint('red', '✖')} ${count(failed, 'row')} could not be taken in: "downstream deliveries --target ${source} --status failed" says why, "downstream retry" with the same flags sends them again.`,
		);
	else lines.push(`"downstream compare ${named}" proves both sides equal.`);
	return lines.join('\n');
}

/** What the other side said to being asked. */
export const askedLines = ({ asked }: Pick<Run, 'asked'>): string[] =>
	asked.map(({ collection, message }) => `  ${collection}, from the other side: ${printable(message)}`);
