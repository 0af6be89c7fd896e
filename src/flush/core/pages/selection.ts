import { isRecord } from '../../../kernel/core/is-record.js';
import { argumentOf, splitPath } from './depends.js';
import type { PageModel } from './page-model.js';

/** A relation that a read shows something through. */
export interface Shown {
	/** The field of the collection. */
	field: string;
	/** Its name in the answer. */
	name: string;
	/** The fields that are asked for there. */
	fields: string[];
	/** The read asks for the related items, or counts them, and not only for the column that names them. */
	isFollowed: boolean;
	/** Only of these collections; null for every one that there may be (many-to-any). */
	scopes: string[] | null;
}

/**
 * The relations that these fields go through. What is in the answer counts too, so that a way of asking that is not known
 * here loses nothing.
 */
export function shownRelations(
	model: PageModel,
	collection: string,
	fields: readonly string[],
	alias: unknown,
	records: readonly Record<string, unknown>[],
): Shown[] {
	const steps = model.steps(collection);
	const found = new Map<string, Shown>();
	const fieldOf = (name: string) => {
		const real = isRecord(alias) && Object.hasOwn(alias, name) ? alias[name] : name;
		return typeof real === 'string' ? real : name;
	};
	const add = (name: string, rest: string | null, scope?: string, isCounted = false) => {
		const field = fieldOf(name);
		const step = steps.get(field);
		if (!step) return;
		const known = found.get(name) ?? { field, name, fields: [], isFollowed: step.type === 'o2m', scopes: [] };
		if (rest !== null) known.fields.push(rest);
		known.isFollowed ||= rest !== null || isCounted;
		if (rest !== null) known.scopes = scope === undefined ? null : known.scopes && [...known.scopes, scope];
		found.set(name, known);
	};
	for (const path of fields) {
		const [head, rest] = splitPath(path);
		if (head === '*') {
			for (const field of steps.keys()) add(field, rest);
			if (isRecord(alias)) for (const name of Object.keys(alias)) add(name, rest);
		} else {
			const [inner, way] = splitPath(argumentOf(head));
			const [name = '', scope] = inner.split(':');
			add(name, way ?? rest, scope, argumentOf(head) !== head);
		}
	}
	for (const name of [...steps.keys(), ...(isRecord(alias) ? Object.keys(alias) : [])])
		if (!found.get(name)?.isFollowed && records.some((record) => holdsItems(record[name]))) add(name, '*');
	return [...found.values()];
}

const holdsItems = (value: unknown): boolean => (Array.isArray(value) ? value.some(isRecord) : isRecord(value));
