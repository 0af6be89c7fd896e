import { printable } from '../../core/config/render-palette.js';
import type { RunCommand } from '../command.js';
import { findTarget } from '../find-target.js';
import { askedLines, followRun, runText, type Run } from '../follow-run.js';
import { count } from '../terminal.js';

/** Sends a remote source what it does not have, or joins the backfill that is under way. Rows that were not taken in are an error. */
export const backfill: RunCommand = async (context) => {
	const { connection, operands, flags, progress, print, terminal } = context;
	const instance = connection();
	const named = operands[0] ?? '';
	const source = await findTarget(instance, named, ['sync']);
	const begun = await progress.during(`Asking "${printable(named)}" what it takes`, () =>
		instance.data<Run>('POST', `/downstream/sync/peers/${encodeURIComponent(source)}/backfill`, {
			body: { collections: flags.collection },
		}),
	);
	if (flags.wait === false) {
		const total = begun.collections.reduce((sum, one) => sum + one.total, 0);
		print(begun, () =>
			[`${count(total, 'row')} to look at. Watch with "downstream status".`, ...askedLines(begun)].join('\n'),
		);
		return 0;
	}
	const run = await followRun(context, instance, { source, named, run: begun.id });
	print(run, () => runText(run, { source, named }, terminal));
	return run.deliveries.failed > 0 ? 1 : 0;
};
