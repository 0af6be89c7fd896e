import { printable } from '../../kernel/core/printable.js';
import type { Promotion } from '../../contract/answers/previews.js';
import type { Release } from '../../contract/answers/releases.js';
import type { CommandContext, RunCommand } from '../command.js';
import type { Connection } from '../connection.js';
import { Failure } from '../failure.js';
import { findTarget } from '../find-target.js';
import { table } from '../output.js';
import { showPromotion } from '../preview-text.js';
import { count } from '../../kernel/core/count.js';
import { timeoutForAllRows } from '../options.js';

/** Releases what is collected for a remote source, now or at a time; without --yes only shows what that would be. */
export const release: RunCommand = async (context) => {
	const { connection, operands, flags, options, progress, print } = context;
	const { collection, keys, yes, expect, reason, at } = flags;
	if (keys !== undefined && collection === undefined)
		throw new Failure('INVALID_ARGUMENTS', '--keys goes with --collection.');
	const time = at === undefined ? undefined : readTime(at);
	const instance = connection();
	if (flags.cancel !== undefined) return cancel(context, instance, flags.cancel);
	const named = operands[0] ?? '';
	const id = await findTarget(instance, named, ['sync']);
	if (flags.list) return list(context, instance, id);
	const remote = printable(named);
	const body = {
		items: collection === undefined ? undefined : [{ collection, keys }],
		dry_run: yes !== true,
		expect,
		reason,
	};
	const ask = <T>(more: object) =>
		instance.data<T>('POST', `/downstream/sync/peers/${encodeURIComponent(id)}/release`, {
			body: { ...body, ...more },
			timeout: timeoutForAllRows(options),
		});
	if (time !== undefined && yes) {
		const planned = await progress.during('Planning the release', () => ask<Release>({ at: time }));
		print(planned, () => `Planned for ${planned.due}: ${count(planned.items_count, 'row')}, release ${planned.id}.`);
		return 0;
	}
	const done = await progress.during(yes ? `Releasing to "${remote}"` : `Asking "${remote}" what would change`, () =>
		ask<Promotion>({}),
	);
	return showPromotion(context, done, remote);
};

function readTime(text: string): string {
	const at = Date.parse(text);
	if (Number.isFinite(at)) return new Date(at).toISOString();
	throw new Failure('INVALID_ARGUMENTS', '--at is not a time.', {
		advice: 'For example: --at 2026-12-01T08:00:00+01:00.',
	});
}

async function list({ print, progress, terminal }: CommandContext, instance: Connection, id: string): Promise<0> {
	const rows = await progress.during('Reading releases', () =>
		instance.data<Release[]>('GET', '/downstream/sync/releases', { query: { target: id, limit: 25 } }),
	);
	print(rows, () =>
		rows.length === 0
			? 'No releases.'
			: table(
					rows.map((row) => [
						row.id,
						row.status,
						row.due,
						String(row.items_count),
						printable(row.error ?? row.reason ?? ''),
					]),
					terminal.paint,
					['RELEASE', 'STATUS', 'AT', 'ITEMS', 'ABOUT'],
				),
	);
	return 0;
}

async function cancel({ flags, print, progress }: CommandContext, instance: Connection, id: string): Promise<0> {
	const cancelled = await progress.during('Calling it off', () =>
		instance.data<Release>('POST', `/downstream/sync/releases/${encodeURIComponent(id)}/cancel`, {
			body: { reason: flags.reason },
		}),
	);
	print(cancelled, () => `Release ${printable(id)} is called off. What is collected stays.`);
	return 0;
}
