import type { SchemaOverview } from '@directus/types';
import type { FlushRule } from '../../../schema.js';
import { hopsFrom } from './field-path.js';
import { momentsOf, type Moment } from './filter.js';
import { DATE_TYPES } from '../../contract/vocabulary.js';
import { isRecord } from '../core/is-record.js';

/** Directus' type of each column of a collection. */
export const typesOf = (collection: string, schema: SchemaOverview): Map<string, string> =>
	new Map(
		Object.values(schema.collections[collection]?.fields ?? {})
			.filter(({ alias }) => !alias)
			.map((field) => [field.field, field.type]),
	);

/** The moments of `at`, and those that `when` implies by comparing a date field with `$NOW`. */
export function momentsOfRule({ collection, at, when }: FlushRule, schema: SchemaOverview): Moment[] {
	const fields = schema.collections[collection]?.fields ?? {};
	const asked = [...(at ?? []).map((field) => ({ field, variable: '$NOW' })), ...momentsOf(when)];
	const dates = asked.filter(({ field }) => DATE_TYPES.includes(fields[field]?.type ?? ''));
	const once = [...new Map(dates.map((moment) => [`${moment.field} ${moment.variable}`, moment])).values()];
	// PostgreSQL compares days with days: one is less than today only when it is over.
	return once.flatMap((moment) =>
		fields[moment.field]?.type === 'date' && when ? [moment, { ...moment, later: 86_400_000 }] : [moment],
	);
}

/** The collections that a filter leads to over relations. */
export function collectionsOfFilter(filter: unknown, collection: string, schema: SchemaOverview): string[] {
	if (Array.isArray(filter)) return filter.flatMap((entry) => collectionsOfFilter(entry, collection, schema));
	if (!isRecord(filter)) return [];
	return Object.entries(filter).flatMap(([key, value]) => {
		if (key.startsWith('_')) return collectionsOfFilter(value, collection, schema);
		const [field = '', scope] = (/^\w+\((.+)\)$/.exec(key)?.[1] ?? key).split(':');
		const hops = hopsFrom(schema, collection, field).filter((hop) => scope === undefined || hop.to === scope);
		return hops.flatMap(({ to }) => [to, ...collectionsOfFilter(value, to, schema)]);
	});
}

/** Every field that a filter asks about, as a path: `author.status`. */
export function pathsOfFilter(filter: unknown, before = ''): string[] {
	if (Array.isArray(filter)) return filter.flatMap((entry) => pathsOfFilter(entry, before));
	if (!isRecord(filter)) return [];
	return Object.entries(filter).flatMap(([key, value]) => {
		if (key.startsWith('_')) return pathsOfFilter(value, before);
		const path = `${before}${/^\w+\(([\w.]+)\)$/.exec(key)?.[1] ?? key}`;
		return [path, ...pathsOfFilter(value, `${path}.`)];
	});
}

/** Top-level fields that a filter asks about, relations included. */
export function fieldsOfFilter(filter: Record<string, unknown> | undefined): string[] {
	return Object.entries(filter ?? {}).flatMap(([key, condition]) => {
		if (key === '_and' || key === '_or')
			return Array.isArray(condition)
				? condition.flatMap((entry) => fieldsOfFilter(entry as Record<string, unknown>))
				: [];
		return [(/^\w+\(([\w.]+)\)$/.exec(key)?.[1] ?? key).split(':')[0] ?? key];
	});
}
