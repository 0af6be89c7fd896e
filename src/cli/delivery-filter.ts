import { DELIVERY_STATUSES } from '../contract/vocabulary.js';
import { nearestName } from '../kernel/core/near-miss.js';
import type { Flags } from './flags.js';
import type { Connection } from './connection.js';
import { Failure } from './failure.js';
import { findTarget } from './find-target.js';

/** The filter flags as the endpoint takes them; a target may be given by its name. */
export async function deliveryFilter(instance: Connection, flags: Flags): Promise<Record<string, unknown>> {
	for (const status of flags.status?.split(',') ?? []) {
		if ((DELIVERY_STATUSES as readonly string[]).includes(status)) continue;
		const near = nearestName(status, DELIVERY_STATUSES);
		throw new Failure('INVALID_ARGUMENTS', `"${status}" is no status of a delivery.`, {
			where: '--status',
			advice: near ? `Did you mean "${near}"?` : `There are ${DELIVERY_STATUSES.join(', ')}.`,
		});
	}
	const { collection, status, item, event, since, until, error, query } = flags;
	const target = flags.target === undefined ? undefined : await findTarget(instance, flags.target, ['flush', 'sync']);
	const given = Object.entries({ target, collection, status, item, event, since, until, error, q: query });
	return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}
