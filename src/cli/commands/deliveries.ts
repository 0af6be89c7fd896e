import { isRecord } from '../../kernel/core/is-record.js';
import { NOTHING_TO_PURGE, type DeliveryStatus } from '../../contract/vocabulary.js';
import type { CommandContext, RunCommand } from '../command.js';
import { deliveryFilter } from '../delivery-filter.js';
import { ago, duration } from '../durations.js';
import { table } from '../output.js';
import { printable } from '../../kernel/core/printable.js';
import type { Paint, Style } from '../../kernel/core/paint.js';
import { count } from '../../kernel/core/count.js';
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
	const page = await progress.during('Reading deliveries', () =>
		instance.ask<Page<Delivery>>('GET', '/downstream/deliveries', { query }),
	);
	print(page, () => {
		if (page.data.length === 0) return 'No deliveries.';
		const now = Date.now();
		const rows = page.data.map((delivery) => [
			statusOf(delivery),
			ago(delivery.created_at, now),
			delivery.event,
			printable(`${delivery.collection}/${delivery.item}`),
			String(delivery.tries),
			printable(delivery.error?.message ?? ''),
		]);
		// The id comes first, so that it can be taken by the word and the error may be long.
		const lines = table(
			rows.map((row, index) => [page.data[index]?.id ?? '', ...row]),
			terminal.paint,
			['ID', 'STATUS', 'MADE', 'EVENT', 'ITEM', 'TRIES', 'ERROR'],
		);
		const coloured = lines
			.split('\n')
			.map((line, index) => {
				const delivery = page.data[index - 1];
				if (!delivery) return line;
				const state = statusOf(delivery);
				return line.replace(` ${state}`, ` ${terminal.paint(STYLES[delivery.status], state)}`);
			})
			.join('\n');
		const total = `${page.meta.total_is_estimate ? 'more than ' : ''}${count(page.meta.total, 'delivery', 'deliveries')}`;
		return `${coloured}\n${terminal.paint('dim', `${page.data.length} of ${total}`)}`;
	});
	return 0 as const;
}

async function show({ connection, progress, print, terminal }: CommandContext, id: string) {
	const instance = connection();
	const delivery = await progress.during('Reading the delivery', () =>
		instance.data<DeliveryDetail>('GET', `/downstream/deliveries/${encodeURIComponent(id)}`),
	);
	print(delivery, () => renderOne(delivery, terminal.paint));
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

/** A delivery that had nothing to purge was not cancelled by a user. */
const statusOf = ({ status, error }: Delivery): string =>
	status === 'cancelled' && error?.code === NOTHING_TO_PURGE ? 'nothing to purge' : status;

function renderOne(delivery: Delivery & { attempts: Attempt[] }, paint: Paint): string {
	const now = Date.now();
	const lines = [
		`${paint('bold', printable(`${delivery.event} of ${delivery.collection}/${delivery.item}`))}  ${paint(STYLES[delivery.status], statusOf(delivery))}`,
		`Target   ${delivery.target}`,
		`Made     ${delivery.created_at} (${ago(delivery.created_at, now)})`,
	];
	if (delivery.next_at) lines.push(`Next     ${delivery.next_at} (${ago(delivery.next_at, now)})`);
	if (delivery.delivered_at) lines.push(`Ended    ${delivery.delivered_at} (${ago(delivery.delivered_at, now)})`);
	if (delivery.reason) lines.push(`Reason   ${printable(delivery.reason)}`);
	if (delivery.error && delivery.attempts.length === 0) lines.push(`Error    ${printable(delivery.error.message)}`);
	lines.push('', delivery.attempts.length === 0 ? 'No attempt yet.' : `${count(delivery.attempts.length, 'attempt')}:`);
	for (const attempt of delivery.attempts) {
		const answer = isRecord(attempt.response) ? `answered ${attempt.response.status}` : 'no answer';
		lines.push(`  ${attempt.at}  ${attempt.outcome}, ${answer}, ${duration(attempt.duration_ms)}`);
		if (attempt.request) lines.push(paint('dim', `    ${attempt.request.method} ${printable(attempt.request.url)}`));
		if (attempt.error) lines.push(`    ${paint('red', printable(attempt.error.message))}`);
	}
	return lines.join('\n');
}
