import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { findTarget } from '../find-target.js';
import { askedLines, followRun, runText } from '../follow-run.js';
import { previewText } from '../preview-text.js';
import type { BackfillPreview, Run } from '../../contract/answers/sync.js';
import { count } from '../../kernel/core/count.js';
import { timeoutForAllRows } from '../options.js';

/** Sends a remote source what it does not have, or joins the backfill that is under way. Rows that were not taken in are an error. */
export const backfill: RunCommand = async (context) => {
	const { connection, operands, flags, options, progress, print, terminal } = context;
	const instance = connection();
	const named = operands[0] ?? '';
	const source = await findTarget(instance, named, ['sync']);
	if (flags.dryRun) {
		const seen = await progress.during(`Asking "${printable(named)}" what would change`, () =>
			instance.data<BackfillPreview>('POST', `/downstream/sync/peers/${encodeURIComponent(source)}/backfill`, {
				body: { collections: flags.collection, dry_run: true, most: flags.most },
				timeout: timeoutForAllRows(options),
			}),
		);
		print(seen, () => [previewText(seen.collections, terminal.paint), '', ending(seen, named)].join('\n'));
		return 0;
	}
	const begun = await progress.during(`Asking "${printable(named)}" what it takes`, () =>
		instance.data<Run>('POST', `/downstream/sync/peers/${encodeURIComponent(source)}/backfill`, {
			body: { collections: flags.collection },
		}),
	);
	if (flags.wait === false) {
		const total = begun.collections.reduce((sum, collection) => sum + collection.total, 0);
		print(begun, () =>
			[`${count(total, 'row')} to look at. Watch with "downstream status".`, ...askedLines(begun)].join('\n'),
		);
		return 0;
	}
	const run = await followRun(context, instance, { source, named, run: begun.id });
	print(run, () => runText(run, { source, named }, terminal));
	return run.deliveries.failed > 0 ? 1 : 0;
};

function ending({ collections, asks }: BackfillPreview, named: string): string {
	const isCut = collections.some(({ looked, total }) => looked < total);
	const lines = [`Nothing was written. "downstream backfill ${printable(named)}" does it.`];
	if (isCut) lines.push('Not every row was looked at: --most looks at more.');
	if (asks.length > 0) lines.push(`It would then ask the other side for ${asks.join(', ')}.`);
	return lines.join('\n');
}
