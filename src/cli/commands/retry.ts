import type { RunCommand } from '../command.js';
import { deliveryFilter } from '../delivery-filter.js';
import { duration } from '../durations.js';
import { Failure } from '../failure.js';
import { count } from '../../kernel/core/count.js';
import type { BulkResult } from '../../contract/answers/deliveries.js';

/** Sends deliveries again: those named, or all that fit a filter. */
export const retry: RunCommand = async ({ connection, operands, flags, progress, print }) => {
	const instance = connection();
	const filter = await deliveryFilter(instance, flags);
	const [named, filtered] = [operands.length > 0, Object.keys(filter).length > 0];
	if (named === filtered)
		throw new Failure('INVALID_ARGUMENTS', 'Give either ids of deliveries, or a filter.', {
			advice: 'Such as "downstream retry --status failed".',
		});
	const done = await progress.during('Queuing deliveries', () =>
		instance.data<BulkResult>('POST', '/downstream/deliveries/retry', {
			body: named ? { ids: operands } : { filter: asFilter(filter) },
		}),
	);
	print(done, () => {
		if (done.count === 0) return 'Nothing to send again: none that fit can be.';
		const rate = done.per_second ?? done.count;
		const over = done.count > rate ? `, over ${duration((done.count / rate) * 1000)}` : '';
		return `${count(done.count, 'delivery', 'deliveries')} will be sent again${over}. Watch with "downstream status".`;
	});
	return 0;
};

/** In a body, a list is a list. */
const asFilter = ({ status, ...rest }: Record<string, unknown>) =>
	typeof status === 'string' ? { ...rest, status: status.split(',') } : rest;
