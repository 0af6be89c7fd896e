import { isRecord } from '../../kernel/core/is-record.js';
import { NOTHING_TO_PURGE, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { CommandContext, RunCommand } from '../command.js';
import { deliveryFilter } from '../delivery-filter.js';
import { ago, duration } from '../durations.js';
import { table } from '../output.js';
import { printable } from '../../kernel/core/printable.js';
import type { Paint, Style } from '../../kernel/core/paint.js';
import { count } from '../terminal.js';
import type { Attempt, Delivery, DeliveryDetail } from '../../contract/answers/deliveries.js';
import type { Page } from '../../contract/answers/shapes.js';

/** Lists deliveries, or shows one in full. */
export const deliveries: RunCommand = async (context) => {
	const [id] = context.operands;
	return id === undefined ? list(context) : show(context, id);
};

async function list({ connection, flags, progress, print, terminal }: CommandContext) {
	const instance = connection();
	const query = { ...(await deliveryFilter(instance, flags)), limit: flags.limit, page: flags.page, sort: flags.sort };
	const found = await progress.during('Reading deliveries', () =>
		instance.ask<Page<Delivery>>('GET', '/downstream/deliveries', { query }),
	);
	print(found, () => {
		if (found.data.length === 0) return 'No deliveries.';
		const now = Date.now();
		const rows = found.data.map((one) => [
			statusOf(one),
			ago(one.created_at, now),
			one.event,
			printable(`${one.collection}/${one.item}`),
			String(one.tries),
			printable(one.error?.message ?? ''),
		]);
		// The id comes first, so that it can be taken by the word and the error may be long.
		const lines = table(
			rows.map((row, index) => [found.data[index]?.id ?? '', ...row]),
			terminal.paint,
			['ID', 'STATUS', 'MADE', 'EVENT', 'ITEM', 'TRIES', 'ERROR'],
		);
		const coloured = lines
			.split('\n')
			.map((line, index) => {
				const one = found.data[index - 1];
				if (!one) return line;
				const told = statusOf(one);
				return line.replace(` ${told}`, ` ${terminal.paint(STYLES[one.status], told)}`);
			})
			.join('\n');
		const total = `${found.meta.total_is_estimate ? 'more than ' : ''}${count(found.meta.total, 'delivery', 'deliveries')}`;
		return `${coloured}\n${terminal.paint('dim', `${found.data.length} of ${total}`)}`;
	});
	return 0 as const;
}

async function show({ connection, progress, print, terminal }: CommandContext, id: string) {
	const instance = connection();
	const found = await progress.during('Reading the delivery', () =>
		instance.data<DeliveryDetail>('GET', `/downstream/deliveries/${encodeURIComponent(id)}`),
	);
	print(found, () => renderOne(found, terminal.paint));
	return 0 as const;
}

const STYLES: Record<DeliveryStatus, Style> = {
	pending: 'cyan',
	sending: 'cyan',
	delivered: 'green',
	retrying: 'yellow',
	failed: 'red',
	cancelled: 'dim',
};

/** Nobody cancelled a delivery that had nothing to purge. */
const statusOf = ({ status, error }: Delivery): string =>
	status === 'cancelled' && error?.code === NOTHING_TO_PURGE ? 'nothing to purge' : status;

function renderOne(one: Delivery & { attempts: Attempt[] }, paint: Paint): string {
	const now = Date.now();
	const lines = [
		`${paint('bold', printable(`${one.event} of ${one.collection}/${one.item}`))}  ${paint(STYLES[one.status], statusOf(one))}`,
		`Target   ${one.target}`,
		`Made     ${one.created_at} (${ago(one.created_at, now)})`,
	];
	if (one.next_at) lines.push(`Next     ${one.next_at} (${ago(one.next_at, now)})`);
	if (one.delivered_at) lines.push(`Ended    ${one.delivered_at} (${ago(one.delivered_at, now)})`);
	if (one.reason) lines.push(`Reason   ${printable(one.reason)}`);
	if (one.error && one.attempts.length === 0) lines.push(`Error    ${printable(one.error.message)}`);
	lines.push('', one.attempts.length === 0 ? 'No attempt yet.' : `${count(one.attempts.length, 'attempt')}:`);
	for (const attempt of one.attempts) {
		const answer = isRecord(attempt.response) ? `answered ${attempt.response.status}` : 'no answer';
		lines.push(`  ${attempt.at}  ${attempt.outcome}, ${answer}, ${duration(attempt.duration_ms)}`);
		if (attempt.request) lines.push(paint('dim', `    ${attempt.request.method} ${printable(attempt.request.url)}`));
		if (attempt.error) lines.push(`    ${paint('red', printable(attempt.error.message))}`);
	}
	return lines.join('\n');
}
