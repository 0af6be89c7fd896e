import type { Row } from '../../kernel/core/row.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { WireValue } from '../core/merge/row-state.js';
import { normaliserOf } from '../core/wire/normal-value.js';
import { mayUse } from '../core/wire/permitted-change.js';
import { toLocal } from '../rows/read-wire.js';
import type { Intake } from './apply-ports.js';
import type { Prepared } from './prepared.js';

/**
 * The values that the sender's rule gives a row on arrival, in wire form (`given`) and as they are written here. Only
 * plain values that its user may write, of fields that the rules here do not keep to themselves.
 */
export function givenOnArrival(
	{ on_arrival }: SyncChange,
	{
		creates,
		allowed,
		intake,
		ready,
	}: { creates: boolean; allowed: ReadonlySet<string>; intake: Intake; ready: Prepared },
): { given: Record<string, WireValue>; values: Row; refused: string[] } {
	const wanted = Object.entries({ ...(creates ? on_arrival?.create : {}), ...on_arrival?.always });
	const known = intake.givable.fields;
	const isTaken = (field: string) => known.get(field)?.kind === 'value' && mayUse(allowed, field);
	const given = Object.fromEntries(
		wanted
			.filter(([field]) => isTaken(field))
			.map(([field, value]) => [field, normaliserOf(known.get(field)?.type ?? '')?.(value) ?? null]),
	);
	return {
		given,
		values: toLocal(given, { ...intake, model: intake.givable }, ready).values,
		refused: wanted.flatMap(([field]) => (isTaken(field) ? [] : [field])),
	};
}
