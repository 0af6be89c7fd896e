import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { findTarget } from '../find-target.js';
import { table } from '../output.js';
import type { Paint } from '../../kernel/core/paint.js';
import { count } from '../../kernel/core/count.js';
import type { CollectionComparison, Comparison } from '../../contract/answers/sync.js';
import { timeoutForAllRows } from '../options.js';

/** Rows of a kind that are named in the text; --json names up to 1,000. */
const NAMED = 5;

/** Compares with a remote source. What cannot be compared is an error; that they differ is one only for --exit-code. */
export const compare: RunCommand = async ({ connection, operands, flags, options, progress, print, terminal }) => {
	const instance = connection();
	const named = operands[0] ?? '';
	const id = await findTarget(instance, named, ['sync']);
	const comparison = await progress.during(`Comparing ${instance.url} with "${printable(named)}"`, () =>
		instance.data<Comparison>('GET', `/downstream/sync/peers/${encodeURIComponent(id)}/compare`, {
			query: { collections: flags.collection },
			timeout: timeoutForAllRows(options),
		}),
	);
	if (comparison.collections.length === 0)
		throw new Failure('NO_RULES', `"${named}" has no rules, so there is nothing to compare.`, {
			where: `${instance.url}/admin/downstream/sync/${id}`,
			advice: 'Give it rules: which collections and fields are kept equal.',
		});
	print(comparison, () => render(comparison, named, terminal.paint));
	if (comparison.collections.some(({ problem }) => problem !== null)) return 1;
	return flags.exitCode && !comparison.equal ? 2 : 0;
};

function render({ equal, collections }: Comparison, named: string, paint: Paint): string {
	const header = ['COLLECTION', 'EQUAL', 'DIFFERENT', 'MISSING HERE', 'MISSING THERE'];
	const rows = collections.map((collection) =>
		collection.problem === null
			? [
					collection.collection,
					collection.equal,
					collection.different.count,
					collection.missing_here.count,
					collection.missing_there.count,
				]
			: [collection.collection, '–', '–', '–', '–'],
	);
	const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)));
	const lines = table(text, paint, header)
		.split('\n')
		.map((line, index) => {
			const collection = collections[index - 1];
			if (!collection) return line;
			return paint(collection.problem !== null ? 'red' : differences(collection) > 0 ? 'yellow' : 'green', line);
		});
	for (const collection of collections) lines.push(...details(collection, paint));
	const total = collections.reduce((sum, collection) => sum + differences(collection), 0);
	const problems = collections.filter(({ problem }) => problem !== null).length;
	const known = collections.reduce((sum, collection) => sum + collection.equal, 0);
	lines.push('');
	if (equal) lines.push(`${paint('green', '✔')} Equal: ${count(known, 'row')}, and nothing else on either side.`);
	else if (total > 0)
		lines.push(`${count(total, 'row')} differ. "downstream repair ${named}" says what would be done about it.`);
	else if (problems === 0)
		lines.push(
			'Nothing differs in what was compared; some fields were not, see above, so the two may differ in these.',
		);
	if (problems > 0)
		lines.push(`${paint('red', '✖')} ${count(problems, 'collection')} could not be compared, see above.`);
	return lines.join('\n');
}

const differences = ({ different, missing_here: missingHere, missing_there: missingThere }: CollectionComparison) =>
	different.count + missingHere.count + missingThere.count;

function details(collection: CollectionComparison, paint: Paint): string[] {
	const lines: string[] = [];
	if (collection.problem !== null)
		lines.push('', `${paint('red', '✖')} ${collection.collection}: ${printable(collection.problem)}`);
	const tell = (what: string, { count: all, rows }: { count: number; rows: { item: string; fields?: string[] }[] }) => {
		if (all === 0) return;
		lines.push('', `${paint('bold', `${collection.collection}: ${what}`)}`);
		for (const { item, fields } of rows.slice(0, NAMED))
			lines.push(`  ${printable(item)}${fields ? paint('dim', `  ${fields.join(', ')}`) : ''}`);
		const more = all - Math.min(rows.length, NAMED);
		if (more > 0) lines.push(paint('dim', `  and ${count(more, 'more', 'more')}`));
	};
	tell('different', collection.different);
	tell('missing here (keys of the other side)', collection.missing_here);
	tell('missing there', collection.missing_there);
	if (collection.not_compared.length > 0)
		lines.push(
			'',
			paint(
				'dim',
				`${collection.collection}: not compared, as the other side does not show them: ${collection.not_compared.join(', ')}`,
			),
		);
	return lines;
}
