import type { Pushed } from '../../contract/answers/config.js';
import { printable } from '../../kernel/core/printable.js';
import type { CommandContext, RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { table } from '../output.js';
import type { Paint, Style } from '../../kernel/core/paint.js';
import type { Page } from '../../contract/answers/shapes.js';

const STYLES: Record<Pushed['status'], Style> = { applied: 'green', begun: 'red', failed: 'yellow', partial: 'red' };

/** Lists pushes, newest first. */
export const history: RunCommand = async (context) => {
	const { connection, flags, progress, print, terminal } = context;
	const instance = connection();
	const { limit = 25, page = 1 } = flags;
	const { data, meta } = await progress.during(`Reading the history of ${instance.url}`, () =>
		instance.ask<Page<Pushed>>('GET', '/downstream/config/history', {
			query: { limit, page },
		}),
	);
	print({ pushes: data, total: meta.total }, () => {
		if (data.length === 0) return page === 1 ? 'Nothing has been pushed yet.' : 'There are no more pushes.';
		const rows = data.map((push) => [
			push.status,
			push.at.slice(0, 19).replace('T', ' '),
			counts(push),
			remark(push),
			push.id,
		]);
		const lines = table(rows, terminal.paint, ['STATUS', 'AT (UTC)', 'CHANGES', '', 'ID']).split('\n');
		const left = meta.total - (page - 1) * limit - data.length;
		return [
			...lines.map((line, index) => coloured(line, data[index - 1], terminal.paint)),
			...(left > 0 ? [terminal.paint('dim', `${left} more: --page ${page + 1}`)] : []),
		].join('\n');
	});
	return 0;
};

function coloured(line: string, push: Pushed | undefined, paint: Paint): string {
	return push ? paint(STYLES[push.status], push.status) + line.slice(push.status.length) : line;
}

export const counts = ({ summary: { create, update, delete: deleted } }: Pushed): string =>
	`+${create} ~${update} -${deleted}`;

/** The commit that was pushed; older extensions do not answer with one. */
export const commitText = ({ commit, author, dirty }: NonNullable<Pushed['git']>): string =>
	`${commit.slice(0, 8)}${dirty ? ' (changed since)' : ''} by ${printable(author)}`;

function remark({ status, reverts, reverted_by: by, git, error }: Pushed): string {
	if (status === 'begun') return 'broken off, or still running';
	if (by !== null) return `reverted by ${by}`;
	if (reverts !== null) return `reverts ${reverts}`;
	if (git && !error) return commitText(git);
	const cause = error ? printable(error.message).replaceAll('\n', ' ') : '';
	return cause.length > 50 ? `${cause.slice(0, 49)}…` : cause;
}

/** The push that an operand names: by its id, by a beginning of it that only one push has, or `last`. */
export async function findPush({
	connection,
	operands,
}: Pick<CommandContext, 'connection' | 'operands'>): Promise<Pushed> {
	const [given = 'last'] = operands;
	const { data } = await connection().ask<Page<Pushed>>('GET', '/downstream/config/history', {
		query: { limit: 200 },
	});
	const matching = data.filter((push) => (given === 'last' ? push.status !== 'failed' : push.id.startsWith(given)));
	const exact = matching.find(({ id }) => id === given);
	const [first, second] = matching;
	if (exact) return exact;
	if (first && (given === 'last' || !second)) return first;
	throw new Failure(
		'NO_PUSH',
		first
			? `Several pushes begin with "${given}".`
			: given === 'last'
				? 'Nothing has been pushed yet.'
				: `There is no push "${given}".`,
		{
			where: connection().url,
			details: matching.slice(0, 5).map((push) => ({ place: push.id, message: `${push.status}, ${push.at}` })),
			advice: '"downstream history" lists them.',
		},
	);
}
