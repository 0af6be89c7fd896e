import type { Change } from '../../../contract/plan.js';

/** What stands for the fields of a new collection among its values. */
export const ITS_FIELDS = 'with';

/**
 * New collections with their fields and relations, which are no entries of their own then: a plan that makes a project is
 * read by its collections. What carries a risk keeps its entry.
 */
export function foldNew(things: readonly Change[]): Change[] {
	const made = new Set(
		things.filter(({ kind, action }) => kind === 'collections' && action === 'create').map(({ sync_id }) => sync_id),
	);
	const isPart = ({ kind, action, sync_id, risk, impact }: Change) =>
		(kind === 'fields' || kind === 'relations') &&
		action === 'create' &&
		made.has(collectionOf(sync_id)) &&
		risk.length === 0 &&
		impact.length === 0;
	const parts = Map.groupBy(things.filter(isPart), ({ sync_id }) => collectionOf(sync_id));
	return things.flatMap((change) => {
		if (isPart(change)) return [];
		const own = change.kind === 'collections' && made.has(change.sync_id) ? parts.get(change.sync_id) : undefined;
		return own
			? [{ ...change, fields: [...change.fields, { field: ITS_FIELDS, from: undefined, to: textsOf(own) }] }]
			: [change];
	});
}

/** `author uuid → directus_users`, one for each field. */
function textsOf(parts: readonly Change[]): string[] {
	const value = ({ fields }: Change, name: string) => fields.find(({ field }) => field === name)?.to;
	const targets = new Map(
		parts
			.filter(({ kind }) => kind === 'relations')
			.map((relation) => [relation.sync_id, value(relation, 'related_collection')]),
	);
	return parts
		.filter(({ kind }) => kind === 'fields')
		.map((field) => {
			const target = targets.get(field.sync_id);
			const type = value(field, 'type');
			return [
				field.sync_id.slice(collectionOf(field.sync_id).length + 1),
				...(typeof type === 'string' ? [type] : []),
				...(typeof target === 'string' ? [`→ ${target}`] : []),
			].join(' ');
		});
}

const collectionOf = (name: string): string => name.slice(0, Math.max(0, name.indexOf('.')));
