import type { Row } from '../../core/item-change.js';
import { mentionsOnWire } from '../../core/sync/rewrite-ids.js';
import type { WireValue } from '../../core/sync/row-state.js';
import type { SyncModel } from '../../core/sync/sync-model.js';
import { fromWire, toWire, type Identities, type MissingReference } from '../../core/sync/wire-values.js';
import type { Intake } from './apply-ports.js';
import type { Known } from './identify.js';
import type { Prepared } from './prepare-apply.js';

const nobody = () => null;

/** A row of this instance in the form in which it travels. */
export function readWire(row: Row, model: SyncModel, { syncId, userForm }: Known): Record<string, WireValue> {
	return toWire(row, model, { syncId, userForm, localKey: nobody, userId: nobody }).values;
}

/** Values as they are written here. */
export interface LocalValues {
	values: Row;
	/** References to rows that are not here; their fields are empty meanwhile. */
	missing: MissingReference[];
	/** Fields that name a user whom nobody here knows: the fallback stands for them, or nobody. */
	unknownUsers: string[];
	/** Fields with ids of this instance inside that no rule here names: reading them gives these, and not what is agreed. */
	translated: string[];
}

/** Values that have arrived, as Directus' services take them here. */
export function toLocal(values: Record<string, WireValue>, intake: Intake, ready: Prepared): LocalValues {
	const identities: Identities = {
		syncId: nobody,
		userForm: nobody,
		localKey: (collection, syncId) =>
			ready.there.get(collection)?.has(syncId) ? (ready.keys.get(collection)?.get(syncId) ?? null) : null,
		userId: (form) => ready.users.get(form) ?? null,
	};
	const converted = fromWire(values, intake.model, identities);
	const isUser = ({ field }: MissingReference) => intake.model.fields.get(field)?.kind === 'user';
	const unknownUsers = converted.missing.filter(isUser).map(({ field }) => field);
	for (const field of unknownUsers) converted.values[field] = intake.userFallback;
	const translated = Object.keys(values).filter(
		(field) => !intake.model.fields.get(field)?.rewrites && mentionsOnWire(values[field]).length > 0,
	);
	const missing = converted.missing.filter((one) => !isUser(one));
	return { values: converted.values, missing, unknownUsers, translated };
}
