import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { findTarget } from '../find-target.js';
import { table } from '../output.js';
import type { Paint } from '../../kernel/core/paint.js';
import { count } from '../terminal.js';
import type { CollectionComparison, Comparison } from '../../contract/answers/sync.js';

/** A comparison reads every row on both sides. */
const LIMIT_MS = 600_000;

/** Rows of a kind that are named in the text; --json names up to 1,000. */
const NAMED = 5;

/** Compares with a remote source. What cannot be compared is an error; that they differ is one only for --exit-code. */
export const compare: RunCommand = async ({ connection, operands, flags, options, progress, print, terminal }) => {
	const instance = connection();
	const named = operands[0] ?? '';
	const id = await findTarget(instance, named, ['sync']);
	const found = await progress.during(`Comparing ${instance.url} with "${printable(named)}"`, () =>
		instance.data<Comparison>('GET', `/downstream/sync/peers/${encodeURIComponent(id)}/compare`, {
			query: { collections: flags.collection },
			timeout: options.requestTimeout ?? LIMIT_MS,
		}),
	);
	if (found.collections.length === 0)
		throw new Failure('NO_RULES', `"${named}" has no rules, so there is nothing to compare.`, {
			where: `${instance.url}/admin/downstream/sync/${id}`,
			advice: 'Give it rules: which collections and fields are kept equal.',
		});
	print(found, () => render(found, named, terminal.paint));
	if (found.collections.some(({ problem }) => problem !== null)) return 1;
	return flags.exitCode && !found.equal ? 2 : 0;
};

function render({ equal, collections }: Comparison, named: string, paint: Paint): string {
	const header = ['COLLECTION', 'EQUAL', 'DIFFERENT', 'MISSING HERE', 'MISSING THERE'];
	const rows = collections.map((one) =>
		one.problem === null
			? [one.collection, one.equal, one.different.count, one.missing_here.count, one.missing_there.count]
			: [one.collection, '–', '–', '–', '–'],
	);
	const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)));
	const lines = table(text, paint, header)
		.split('\n')
		.map((line, index) => {
			const one = collections[index - 1];
			if (!one) return line;
			return paint(one.problem !== null ? 'red' : differences(one) > 0 ? 'yellow' : 'green', line);
		});
	for (const one of collections) lines.push(...details(one, paint));
	const total = collections.reduce((sum, one) => sum + differences(one), 0);
	const problems = collections.filter(({ problem }) => problem !== null).length;
	const known = collections.reduce((sum, one) => sum + one.equal, 0);
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

const differences = ({ different, missing_here: here, missing_there: there }: CollectionComparison) =>
	different.count + here.count + there.count;

function details(one: CollectionComparison, paint: Paint): string[] {
	const lines: string[] = [];
	if (one.problem !== null) lines.push('', `${paint('red', '✖')} ${one.collection}: ${printable(one.problem)}`);
	const tell = (what: string, { count: all, rows }: { count: number; rows: { item: string; fields?: string[] }[] }) => {
		if (all === 0) return;
		lines.push('', `${paint('bold', `${one.collection}: ${what}`)}`);
		for (const { item, fields } of rows.slice(0, NAMED))
			lines.push(`  ${printable(item)}${fields ? paint('dim', `  ${fields.join(', ')}`) : ''}`);
		const more = all - Math.min(rows.length, NAMED);
		if (more > 0) lines.push(paint('dim', `  and ${count(more, 'more', 'more')}`));
	};
	tell('different', one.different);
	tell('missing here (keys of the other side)', one.missing_here);
	tell('missing there', one.missing_there);
	if (one.not_compared.length > 0)
		lines.push(
			'',
			paint(
				'dim',
				`${one.collection}: not compared, as the other side does not show them: ${one.not_compared.join(', ')}`,
			),
		);
	return lines;
}
