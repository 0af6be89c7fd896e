import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { findTarget } from '../find-target.js';
import { askedLines, followRun, runText } from '../follow-run.js';
import { table } from '../output.js';
import { previewText } from '../preview-text.js';
import type { Paint } from '../../kernel/core/paint.js';
import { count } from '../../kernel/core/count.js';
import type { Repair } from '../../contract/answers/sync.js';
import { timeoutForAllRows } from '../options.js';

/** Has both sides send what differs; only says what that would be unless --yes. */
export const repair: RunCommand = async (context) => {
	const { connection, operands, flags, options, progress, print, terminal } = context;
	const instance = connection();
	const named = operands[0] ?? '';
	const source = await findTarget(instance, named, ['sync']);
	const done = await progress.during(`Comparing ${instance.url} with "${printable(named)}"`, () =>
		instance.data<Repair>('POST', `/downstream/sync/peers/${encodeURIComponent(source)}/repair`, {
			body: { collections: flags.collection, dry_run: flags.yes !== true },
			timeout: timeoutForAllRows(options),
		}),
	);
	const code = done.collections.some(({ problem }) => problem !== null) ? 1 : 0;
	if (done.run === null || flags.wait === false) {
		print(done, () => render(done, named, terminal.paint));
		return code;
	}
	const run = await followRun(context, instance, { source, named, run: done.run });
	print({ ...done, progress: run }, () =>
		[render(done, named, terminal.paint), '', runText(run, { source, named }, terminal)].join('\n'),
	);
	return run.deliveries.failed > 0 ? 1 : code;
};

function render(done: Repair, named: string, paint: Paint): string {
	const number = (value: number) => value.toLocaleString('en-US');
	const rows = done.collections.map(({ collection, send, fetch, problem }) =>
		problem === null ? [collection, number(send.count), number(fetch.count)] : [collection, '–', '–'],
	);
	const lines = [table(rows, paint, ['COLLECTION', 'SENT FROM HERE', 'ASKED FOR'])];
	for (const { collection, problem } of done.collections)
		if (problem !== null) lines.push(`${paint('red', '✖')} ${collection}: ${printable(problem)}`);
	const previews = done.collections.flatMap(({ preview }) => preview ?? []);
	if (previews.length > 0) lines.push('', 'What is sent would there:', previewText(previews, paint));
	const all = done.collections.reduce((sum, { send, fetch }) => sum + send.count + fetch.count, 0);
	const isCut = done.collections.some(
		({ send, fetch }) => send.count > send.items.length || fetch.count > fetch.sync_ids.length,
	);
	lines.push('');
	if (all === 0) lines.push('Nothing to repair.');
	else if (done.run === null)
		lines.push(
			`This would have ${count(all, 'row')} sent, by the rules' own policies. "downstream repair ${named} --yes" does it.`,
		);
	else lines.push(`${count(all, 'row')} ${all === 1 ? 'is' : 'are'} on the way.`, ...askedLines(done));
	if (isCut) lines.push('One repair takes the first 1,000 rows of a kind: run it again for the rest.');
	return lines.join('\n');
}
