import { isRecord } from '../../core/is-record.js';
import type { DeliveryStatus } from '../../core/vocabulary.js';
import type { CommandContext, RunCommand } from '../command.js';
import { deliveryFilter } from '../delivery-filter.js';
import { ago, duration } from '../durations.js';
import { table } from '../output.js';
import { printable } from '../../core/config/render-palette.js';
import { count, type Paint, type Style } from '../terminal.js';

interface Delivery {
	id: string;
	kind: string;
	target: string;
	status: DeliveryStatus;
	collection: string;
	item: string;
	event: string;
	reason: string | null;
	created_at: string;
	next_at: string | null;
	delivered_at: string | null;
	tries: number;
	error: { code: string; message: string } | null;
}

interface Attempt {
	at: string;
	duration_ms: number;
	outcome: string;
	request: { method: string; url: string } | null;
	response: { status: number; body: string | null } | null;
	error: { code: string; message: string } | null;
}

interface Found {
	data: Delivery[];
	meta: { total: number; total_is_estimate?: boolean; next_cursor?: string };
}

/** Lists deliveries, or tells all about one. */
export const deliveries: RunCommand = async (context) => {
	const [id] = context.operands;
	return id === undefined ? list(context) : show(context, id);
};

async function list({ connection, flags, progress, print, terminal }: CommandContext) {
	const instance = connection();
	const query = { ...(await deliveryFilter(instance, flags)), limit: flags.limit, page: flags.page, sort: flags.sort };
	const found = await progress.during('Reading deliveries', () =>
		instance.ask<Found>('GET', '/downstream/deliveries', { query }),
	);
	print(found, () => {
		if (found.data.length === 0) return 'No deliveries.';
		const now = Date.now();
		const rows = found.data.map((one) => [
			one.status,
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
				const status = found.data[index - 1]?.status;
				return status ? line.replace(` ${status}`, ` ${terminal.paint(STYLES[status], status)}`) : line;
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
		instance.data<Delivery & { attempts: Attempt[] }>('GET', `/downstream/deliveries/${encodeURIComponent(id)}`),
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

function renderOne(one: Delivery & { attempts: Attempt[] }, paint: Paint): string {
	const now = Date.now();
	const lines = [
		`${paint('bold', printable(`${one.event} of ${one.collection}/${one.item}`))}  ${paint(STYLES[one.status], one.status)}`,
		`Target   ${one.target}`,
		`Made     ${one.created_at} (${ago(one.created_at, now)})`,
	];
	if (one.next_at) lines.push(`Next     ${one.next_at} (${ago(one.next_at, now)})`);
	if (one.delivered_at) lines.push(`Over     ${one.delivered_at} (${ago(one.delivered_at, now)})`);
	if (one.reason) lines.push(`Because  ${printable(one.reason)}`);
	lines.push('', one.attempts.length === 0 ? 'No attempt yet.' : `${count(one.attempts.length, 'attempt')}:`);
	for (const attempt of one.attempts) {
		const answer = isRecord(attempt.response) ? `answered ${attempt.response.status}` : 'no answer';
		lines.push(`  ${attempt.at}  ${attempt.outcome}, ${answer}, ${duration(attempt.duration_ms)}`);
		if (attempt.request) lines.push(paint('dim', `    ${attempt.request.method} ${printable(attempt.request.url)}`));
		if (attempt.error) lines.push(`    ${paint('red', printable(attempt.error.message))}`);
	}
	return lines.join('\n');
}
