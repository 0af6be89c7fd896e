import type { SyncModel } from './sync-model.js';

/** All fields of several models of the same collection; what one of them rewrites is rewritten. */
export function unionOf(models: SyncModel[]): SyncModel | null {
	const [first, ...others] = models;
	if (!first) return null;
	const fields = new Map(first.fields);
	for (const { fields: more } of others) for (const [name, field] of more) fields.set(name, fields.get(name) ?? field);
	for (const [name, field] of fields) {
		const rewrites = models.flatMap((model) => [...(model.fields.get(name)?.rewrites ?? [])]);
		if (rewrites.length > 0) fields.set(name, { ...field, rewrites: new Set(rewrites) });
	}
	const junction = models.find((model) => model.junction !== null)?.junction ?? null;
	// Rules that match by other fields cannot both name a row: whichever does, does so on every instance with these rules.
	const [match] = models.flatMap((model) => (model.match ? [model.match] : [])).toSorted(byName);
	return { ...first, fields, junction, ...(match ? { match } : {}) };
}

const byName = (a: readonly string[], b: readonly string[]): number => (a.join() < b.join() ? -1 : 1);
