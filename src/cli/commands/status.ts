import type { Status, TargetStatus } from '../../contract/answers/status.js';
import type { ConditionCode } from '../../contract/answers/conditions.js';
import { DELIVERY_STATUSES } from '../../contract/vocabulary.js';
import type { RunCommand } from '../command.js';
import { ago, duration } from '../durations.js';
import { table } from '../output.js';
import { printable } from '../../kernel/core/printable.js';
import type { Paint, Style } from '../../kernel/core/paint.js';
import { sayConditions, sayOverall } from '../../kernel/core/say-conditions.js';
import { count } from '../../kernel/core/count.js';

/** Prints outbox, deliveries, targets and diagnostics. Diagnostics do not make the command fail. */
export const status: RunCommand = async ({ connection, progress, print, terminal }) => {
	const instance = connection();
	const answer = await progress.during(`Asking ${instance.url}`, () =>
		instance.data<Status>('GET', '/downstream/status'),
	);
	print(answer, () => render(answer, instance.url, terminal.paint));
	return 0;
};

const CONDITION_STYLES: Record<ConditionCode, Style> = {
	off: 'yellow',
	paused: 'yellow',
	invalid: 'red',
	failing: 'red',
	failed: 'red',
	conflicts: 'yellow',
	incomplete: 'yellow',
	held: 'yellow',
	retrying: 'yellow',
	untried: 'yellow',
	unused: 'yellow',
	healthy: 'green',
};

function render(answer: Status, url: string, paint: Paint): string {
	const { outbox, deliveries } = answer;
	const lines = [
		`${paint('bold', `Downstream ${answer.version}`)} on ${url}, ${answer.engine} engine, ${count(answer.nodes, 'node')}`,
		`Outbox      ${outbox.pending === 0 ? 'empty' : `${count(outbox.pending, 'change')}, the oldest since ${duration(outbox.lag_ms)}`}`,
		`Deliveries  ${DELIVERY_STATUSES.map((status) => `${deliveries[status].toLocaleString('en-US')} ${status}`).join(' · ')}`,
		'',
	];
	lines.unshift(paint('bold', printable(sayOverall(answer.overall))), '');
	if (answer.targets.length > 0) lines.push(...targets(answer.targets, paint));
	if (answer.diagnostics.length > 0) lines.push('');
	for (const { level, message } of answer.diagnostics) {
		const sign = level === 'error' ? paint('red', '✖') : paint('yellow', '▲');
		lines.push(`${sign} ${printable(message)}`);
	}
	return lines.join('\n');
}

function targets(list: readonly TargetStatus[], paint: Paint): string[] {
	const now = Date.now();
	const rows = list.map((target) => [
		codeOf(target),
		printable(target.name),
		String(target.pending),
		ago(target.last_success_at, now),
		ago(target.last_failure_at, now),
		target.p95_ms === null ? '–' : duration(target.p95_ms),
		target.id,
	]);
	const header = ['STATE', 'TARGET', 'WAITING', 'DELIVERED', 'FAILED', 'P95', 'ID'];
	const lines = table(rows, paint, header).split('\n');
	return lines.map((line, index) => {
		const target = list[index - 1];
		if (!target) return line;
		const code = codeOf(target);
		const said = code === 'healthy' ? [] : sayConditions(target.conditions, now).map((text) => `  ${printable(text)}`);
		return [paint(CONDITION_STYLES[code], line.slice(0, code.length)) + line.slice(code.length), ...said].join('\n');
	});
}

const codeOf = ({ conditions }: TargetStatus): ConditionCode => conditions[0]?.code ?? 'healthy';
