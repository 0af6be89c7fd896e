import { writtenItem, type EventName } from '../contract/vocabulary.js';
import type { Row } from './core/row.js';
import { matchFilter, type Judging } from './filter/filter.js';
import { fieldsOfFilter } from './filter/filter-fields.js';
import type { Filter } from './filter/resolve-filter.js';
import type { Items } from './ports.js';

/** A change that has not happened: these items, and what they would become. */
export interface Supposed {
	collection: string;
	event: EventName;
	keys: string[];
	/** Values that the items would take; without them an update is taken to have changed everything. */
	payload: Row | null;
}

/** Stands for the key of an item that does not exist yet; no item can have it (see `ALL_ITEMS`). */
export const UNBORN = '\uDFFFnew';
/** An item as a preview shows it. */
export const shownItem = (item: string) => (item === UNBORN ? 'new' : writtenItem(item));
export const isBorn = (key: string) => key !== UNBORN;

/** The items as they would be between the supposed change. */
export function suppose(
	items: Items,
	{ collection, event, keys, payload }: Supposed,
	primary: string,
	judging: Judging,
): Items {
	const about = new Set(keys);
	const isGone = (name: string, key: string) => event === 'delete' && name === collection && about.has(key);
	const overlay = (name: string, rows: Map<string, Row>): Map<string, Row> => {
		if (name !== collection) return rows;
		const supposed = new Map([...rows].filter(([key]) => !isGone(name, key)));
		for (const key of keys) {
			const row = supposed.get(key) ?? (event === 'create' ? { [primary]: isBorn(key) ? key : null } : null);
			if (row && event !== 'delete') supposed.set(key, { ...row, ...payload });
		}
		return supposed;
	};
	/** Which items would pass; a condition that the supposed values do not tell, nor touch, is asked of the database. */
	async function matchSupposed(wanted: string[], when: Filter): Promise<Set<string>> {
		const born = wanted.filter(isBorn);
		const columns = fieldsOfFilter(when).filter((field) => judging.types.has(field));
		const rows = overlay(collection, await items.columns(collection, born, columns));
		const open = new Map<string, Filter>();
		for (const key of born)
			matchFilter(when, rows.get(key) ?? {}, {
				...judging,
				otherwise: (condition) => (open.set(JSON.stringify(condition), condition), 'unknown'),
			});
		const known = new Map<string, Set<string>>();
		for (const [name, condition] of open)
			if (!fieldsOfFilter(condition).some((field) => Object.hasOwn(payload ?? {}, field)))
				known.set(name, await items.matching(collection, born, condition));
		const passes = (key: string) =>
			matchFilter(when, rows.get(key) ?? {}, {
				...judging,
				otherwise(condition) {
					const keys = known.get(JSON.stringify(condition));
					return keys ? (keys.has(key) ? 'yes' : 'no') : 'unknown';
				},
			}) === 'yes';
		return new Set(wanted.filter(passes));
	}
	return {
		...items,
		columns: async (name, wanted, columns) => overlay(name, await items.columns(name, wanted.filter(isBorn), columns)),
		read: async (name, wanted, fields, when, time) => {
			const supposes = payload !== null && name === collection;
			const rows = overlay(
				name,
				await items.read(name, wanted.filter(isBorn), fields, supposes ? undefined : when, time),
			);
			const passing = when && supposes ? await matchSupposed(wanted, when) : null;
			return new Map([...rows].filter(([key]) => wanted.includes(key) && (passing?.has(key) ?? true)));
		},
		matching: async (name, wanted, when, time) => {
			if (name !== collection || event === 'delete' || !payload)
				return new Set(
					[...(await items.matching(name, wanted.filter(isBorn), when, time))]
						.filter((key) => !isGone(name, key))
						.concat(event === 'create' && name === collection && !when ? wanted : []),
				);
			const existing = event === 'create' ? wanted : [...(await items.matching(name, wanted))];
			return when ? matchSupposed(existing, when) : new Set(existing);
		},
		revisions: async () => [],
	};
}
