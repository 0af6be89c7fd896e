import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { findTarget } from '../find-target.js';
import { printable } from '../../core/config/render-palette.js';
import { count } from '../terminal.js';

interface Flushed {
	dry_run?: boolean;
	count: number;
	requests?: { method: string; url: string; body: string | null }[];
}

/** Flushes by hand what a target has of a collection, of some of its items, or all. */
export const flush: RunCommand = async ({ connection, operands, flags, progress, print, terminal }) => {
	const { collection, keys, all, dryRun } = flags;
	if ((collection === undefined) !== (all === true))
		throw new Failure('INVALID_ARGUMENTS', 'Say what to flush: either --collection, or --all.', {
			advice: 'Such as "downstream flush shop --collection articles --keys 1,2".',
		});
	if (keys !== undefined && collection === undefined)
		throw new Failure('INVALID_ARGUMENTS', '--keys goes with --collection.');
	const instance = connection();
	const id = await findTarget(instance, operands[0] ?? '');
	const done = await progress.during(dryRun ? 'Working out what would be sent' : 'Queuing deliveries', () =>
		instance.data<Flushed>('POST', `/downstream/targets/${encodeURIComponent(id)}/flush`, {
			body: { collection, keys, all, dry_run: dryRun ?? false },
		}),
	);
	print(done, () => {
		const what = count(done.count, 'delivery', 'deliveries');
		if (!done.dry_run)
			return done.count === 0 ? 'Nothing to flush.' : `${what} queued. Watch with "downstream status".`;
		const requests = (done.requests ?? []).map(
			({ method, url, body }) =>
				`  ${method} ${printable(url)}${body ? terminal.paint('dim', ` ${printable(body)}`) : ''}`,
		);
		return [`${what} would be sent${requests.length > 0 ? ', such as:' : '.'}`, ...requests].join('\n');
	});
	return 0;
};
