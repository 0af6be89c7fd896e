import { isRecord } from '../../kernel/core/is-record.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { printable } from '../../kernel/core/printable.js';
import { count } from '../../kernel/core/count.js';

interface Permission {
	id: number;
	policy: string | null;
	collection: string;
	action: string;
}

/** Leaves one permission for each policy, collection and action: Directus lets several in, and then obeys any of them. */
export const removePermissionDuplicates: RunCommand = async ({ connection, options, flags, progress, print }) => {
	const instance = connection();
	const all = await progress.during('Reading permissions', () =>
		instance.data<Permission[]>('GET', '/permissions', {
			query: { fields: 'id,policy,collection,action', limit: -1, sort: 'id' },
		}),
	);
	// Rows that Directus adds by itself have no id.
	if (!Array.isArray(all) || !all.every((row) => isRecord(row) && typeof row.collection === 'string'))
		throw new Failure('STRANGE_ANSWER', 'The permissions are not a list of permissions.', { where: instance.url });
	const doubles = duplicates(all, options.keep);
	if (doubles.length > 0 && !flags.dryRun)
		await progress.during(`Removing ${count(doubles.length, 'duplicate')}`, () =>
			instance.ask('DELETE', '/permissions', { body: doubles.map(({ id }) => id) }),
		);
	print({ removed: flags.dryRun ? [] : doubles, found: doubles }, () =>
		doubles.length === 0
			? 'No duplicates.'
			: [
					`${count(doubles.length, 'duplicate')} ${flags.dryRun ? 'would be' : doubles.length === 1 ? 'was' : 'were'} removed, the ${options.keep} of each kept:`,
					...doubles.map(
						({ id, policy, collection, action }) => `  - ${id}: ${action} ${printable(collection)}, policy ${policy}`,
					),
				].join('\n'),
	);
	return 0;
};

/** The duplicates to remove. */
export function duplicates(all: readonly Permission[], keep: 'first' | 'last'): Permission[] {
	const stored = all.filter(({ id }) => typeof id === 'number').toSorted((a, b) => a.id - b.id);
	const groups = Map.groupBy(stored, ({ policy, collection, action }) => JSON.stringify([policy, collection, action]));
	return [...groups.values()].flatMap((group) => (keep === 'first' ? group.slice(1) : group.slice(0, -1)));
}
