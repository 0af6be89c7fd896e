import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { findTarget } from '../find-target.js';
import { printable } from '../../kernel/core/printable.js';
import { count } from '../../kernel/core/count.js';
import type { FlushResult } from '../../contract/answers/targets.js';

/** Flushes a target by hand: a collection, some of its items, or everything. */
export const flush: RunCommand = async ({ connection, operands, flags, progress, print, terminal }) => {
	const { collection, keys, all, dryRun } = flags;
	if ((collection === undefined) !== (all === true))
		throw new Failure('INVALID_ARGUMENTS', 'Say what to flush: either --collection, or --all.', {
			advice: 'For example: "downstream flush shop --collection articles --keys 1,2".',
		});
	if (keys !== undefined && collection === undefined)
		throw new Failure('INVALID_ARGUMENTS', '--keys goes with --collection.');
	const instance = connection();
	const id = await findTarget(instance, operands[0] ?? '');
	const done = await progress.during(dryRun ? 'Working out what would be sent' : 'Queuing deliveries', () =>
		instance.data<FlushResult>('POST', `/downstream/targets/${encodeURIComponent(id)}/flush`, {
			body: { collection, keys, all, dry_run: dryRun ?? false },
		}),
	);
	print(done, () => {
		const what = count(done.count, 'delivery', 'deliveries');
		if (!('dry_run' in done))
			return done.count === 0 ? 'Nothing to flush.' : `${what} queued. Watch with "downstream status".`;
		const requests = done.requests.map(
			({ method, url, body }) =>
				`  ${method} ${printable(url)}${body ? terminal.paint('dim', ` ${printable(body)}`) : ''}`,
		);
		const nothing = done.nothing.map((why) => printable(why));
		return [`${what} would be sent${requests.length > 0 ? ', such as:' : '.'}`, ...requests, ...nothing].join('\n');
	});
	return 0;
};
