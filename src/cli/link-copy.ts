import { printable } from '../kernel/core/printable.js';
import type { LinkedCopy } from '../contract/answers/releases.js';
import type { Status } from '../contract/answers/status.js';
import type { CommandContext } from './command.js';
import { Failure } from './failure.js';
import { table } from './output.js';
import type { Paint } from '../kernel/core/paint.js';
import { count } from '../kernel/core/count.js';
import { timeoutForAllRows } from './options.js';

const NAMED = 5;

/** Links a copy to its original: declares it a copy if that has not been done yet, compares the two, and creates the remote. */
export async function linkCopy(context: CommandContext, original: string): Promise<0 | 1> {
	const { connection, flags, operands, options, print, progress, secret, terminal } = context;
	const token = flags.toToken ?? secret('DIRECTUS_TO_TOKEN');
	if (token === undefined)
		throw new Failure('INVALID_ARGUMENTS', 'An access token for the original is missing.', {
			advice: 'Give --to-token, or DIRECTUS_TO_TOKEN: of an admin there, or of its Data Sync user.',
		});
	const instance = connection();
	const { identity } = await progress.during(`Asking ${instance.url}`, () =>
		instance.data<Status>('GET', '/downstream/status'),
	);
	if (identity.state === 'held' && !flags.dryRun)
		await progress.during('Saying that this is a copy', () =>
			instance.data('POST', '/downstream/identity', {
				body: { decision: 'copy', reason: `link --copy-of ${original}` },
			}),
		);
	const done = await progress.during(`Comparing with ${printable(original)}`, () =>
		instance.data<LinkedCopy>('POST', '/downstream/sync/copy-of', {
			body: {
				url: original,
				api_key: token,
				name: operands[0] ?? new URL(original).host,
				collections: flags.collection?.split(',').map((name) => name.trim()),
				dry_run: flags.dryRun === true,
			},
			timeout: timeoutForAllRows(options),
		}),
	);
	print(done, () => render(done, terminal.paint));
	return done.collections.some(({ problem }) => problem !== null) ? 1 : 0;
}

function render({ source, equal, collections }: LinkedCopy, paint: Paint): string {
	const number = (value: number) => value.toLocaleString('en-US');
	const lines = [
		table(
			collections.map(({ collection, problem, by, equal: same, different, missing_here, missing_there, apart }) =>
				problem === null
					? [
							collection,
							by.join(', ') || 'the only item',
							...[same, different.count, missing_here.count, missing_there.count, apart].map(number),
						]
					: [collection, '–', '–', '–', '–', '–', '–'],
			),
			paint,
			['COLLECTION', 'RECOGNISED BY', 'SAME', 'DIFFERENT', 'ONLY THERE', 'ONLY HERE', 'OWN NUMBER'],
		),
	];
	for (const { collection, problem, different } of collections) {
		if (problem !== null) lines.push(`${paint('red', '✖')} ${collection}: ${printable(problem)}`);
		if (different.count === 0) continue;
		lines.push('', paint('bold', `${collection}: different`));
		for (const { item, fields } of different.rows.slice(0, NAMED))
			lines.push(`  ${printable(item)}  ${paint('dim', (fields ?? []).join(', '))}`);
		if (different.count > NAMED) lines.push(paint('dim', `  and ${count(different.count - NAMED, 'more', 'more')}`));
	}
	lines.push('');
	lines.push(
		equal
			? `${paint('green', '✔')} Equal: every item has the same key and the same values on both sides.`
			: 'Items that differ are the same items, edited since; those with a number of their own are not.',
	);
	lines.push(
		source === null
			? 'Nothing was changed.'
			: `Linked, on release only: nothing goes there before "downstream release" or "downstream promote". Remote source ${source}.`,
	);
	return lines.join('\n');
}
