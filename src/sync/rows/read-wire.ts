import type { Row } from '../../kernel/core/row.js';
import { wireMentions } from '../core/wire/rewrite-ids.js';
import { asAgreed, withoutParts } from '../core/merge/kept-times.js';
import type { WireValue } from '../core/merge/row-state.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { fromWire, toWire } from '../core/wire/wire-values.js';
import type { Intake } from '../incoming/apply-ports.js';
import type { Identities, MissingReference } from '../core/wire/identities.js';
import type { Known } from '../incoming/identify-ports.js';
import type { Prepared } from '../incoming/prepared.js';

const nobody = () => null;

/** A row of this instance in the form in which it travels. */
export function readWire(row: Row, model: SyncModel, { syncId, userForm }: Known): Record<string, WireValue> {
	return toWire(row, model, { syncId, userForm, localKey: nobody, userId: nobody }).values;
}

/**
 * The same, with the times that are agreed where the database has cut them to whole seconds.
 * @param as.isFirst what is agreed is what another instance says of a row that was never synced: a copy of it that has
 *   parts of a second, and one that has not, are the same
 */
export function readAs(
	row: Row,
	model: SyncModel,
	known: Known,
	{ keepsMs, agreed, isFirst = false }: { keepsMs: boolean; agreed: Record<string, WireValue>; isFirst?: boolean },
): Record<string, WireValue> {
	const read = readWire(row, model, known);
	if (!keepsMs) return asAgreed(read, agreed, model);
	return isFirst ? asAgreed(read, withoutParts(agreed), model) : read;
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
			ready.existing.get(collection)?.has(syncId) ? (ready.keys.get(collection)?.get(syncId) ?? null) : null,
		userId: (form) => ready.users.get(form) ?? null,
	};
	const converted = fromWire(values, intake.model, identities);
	const isUser = ({ field }: MissingReference) => intake.model.fields.get(field)?.kind === 'user';
	const unknownUsers = converted.missing.filter(isUser).map(({ field }) => field);
	for (const field of unknownUsers) converted.values[field] = intake.userFallback;
	const translated = Object.keys(values).filter(
		(field) => !intake.model.fields.get(field)?.rewrites && wireMentions(values[field]).length > 0,
	);
	const missing = converted.missing.filter((reference) => !isUser(reference));
	return { values: converted.values, missing, unknownUsers, translated };
}
