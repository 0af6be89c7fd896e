import type { Row } from '../../../kernel/core/row.js';
import { sameValue } from '../../../kernel/core/same-value.js';
import { ALL_ITEMS } from '../../../contract/vocabulary.js';
import type { PageModel } from './page-model.js';
import { TAG_OF_EVERYTHING, tagOfCollection, tagOfField, tagOfItem, tagOfMembership, tagOfRows } from './tag-names.js';

/** What became of one item, from what was last sent of it until now. */
export interface Became {
	collection: string;
	item: string;
	created: boolean;
	deleted: boolean;
	/** What it was at each step that is known, oldest first, and what it is; without the latter where it is gone. */
	versions: readonly Row[];
	/** Every version is there. */
	isComplete: boolean;
	/** The change is only supposed: what it leads to, where it says nothing of that, stays as it is. */
	isSupposed?: boolean;
	/** The item may have been shown before all this, or is there now. */
	mayBeShown: boolean;
	/** Date fields whose moment has passed: the field says something else now, though its value is the same. */
	passed?: readonly string[];
}

/** The tags that a change purges, and why in a sentence; none where nothing that anybody could have read has changed. */
export interface Purged {
	tags: string[];
	reason: string;
}

const nothing = (reason: string): Purged => ({ tags: [], reason });

/**
 * The tags that a change purges (docs/pages.md).
 * @param ignored columns whose change counts for nothing
 * @param sends whether tags about a collection are sent at all
 */
export function tagsOfChange(
	became: Became,
	model: PageModel,
	{ ignored = [], sends = () => true }: { ignored?: readonly string[]; sends?: (collection: string) => boolean } = {},
): Purged {
	const { collection, item, created, deleted, versions, isComplete } = became;
	if (item === ALL_ITEMS) return everything(`more items of ${collection} changed than are told one by one`);
	if (!became.mayBeShown) return nothing('there is no such item');
	const leads = model.leads(collection).filter(({ to }) => sends(to));
	const isNew = created || deleted;
	const passed = became.passed ?? [];
	const written = changedColumns(versions, ignored);
	const changed = [...new Set([...written, ...passed])];
	if (!isNew && isComplete && changed.length === 0) return nothing('no value changed');
	// What it led to before is not known, and may be shown anywhere.
	if (!isComplete && !became.isSupposed && leads.length > 0)
		return everything(`${collection} ${item} ${verb(became)}, and nobody knows what it led to before`);
	const tags = new Set<string>();
	if (sends(collection)) {
		tags.add(tagOfItem(collection, model.keyText(collection, item)));
		tags.add(tagOfCollection(collection));
		if (isNew) tags.add(tagOfMembership(collection));
		const fields = isComplete ? changed : model.columns(collection);
		for (const field of fields) if (field !== model.primary(collection)) tags.add(tagOfField(collection, field));
	}
	const led = ledTo(versions, leads, model);
	for (const { to, key } of led) tags.add(tagOfRows(to, key));
	if (tags.size === 0) return nothing(`it leads to nothing that is sent`);
	return { tags: [...tags], reason: inWords(became, written, led) };
}

/**
 * The tags that a change of a content version purges: of the items that the version is or was about, as a read with
 * `?version=` carries the item's tag.
 */
export function tagsOfVersion(
	{ item, versions, isComplete }: Pick<Became, 'item' | 'versions' | 'isComplete'>,
	model: PageModel,
	sends: (collection: string) => boolean,
): Purged {
	if (item === ALL_ITEMS || !isComplete) return everything('content versions changed, and nobody knows of which items');
	const led = new Map<string, Led>();
	for (const version of versions) {
		const { collection: to, item: about } = version;
		if (typeof to !== 'string' || about === null || about === undefined || !sends(to)) continue;
		const key = model.keyText(to, about);
		led.set(tagOfItem(to, key), { to, key });
	}
	if (led.size === 0) return nothing('it is a version of nothing that is sent');
	const named = [...led.values()].map(({ to, key }) => `${to} ${key}`).join(', ');
	return { tags: [...led.keys()], reason: `a version of ${named} changed` };
}

const everything = (reason: string): Purged => ({
	tags: [TAG_OF_EVERYTHING],
	reason: `${reason}: everything is purged`,
});

function changedColumns(versions: readonly Row[], ignored: readonly string[]): string[] {
	const columns = new Set(versions.flatMap((version) => Object.keys(version)));
	return [...columns].filter((column) => {
		if (ignored.includes(column)) return false;
		const values = versions.filter((version) => column in version).map((version) => version[column]);
		return values.some((value) => !sameValue(value, values[0]));
	});
}

interface Led {
	to: string;
	key: string;
}

/** The items that show the row, in any of its versions. */
function ledTo(versions: readonly Row[], leads: readonly { field: string; to: string }[], model: PageModel): Led[] {
	const found = new Map<string, Led>();
	for (const { field, to } of leads)
		for (const version of versions) {
			const value = version[field];
			if (value === null || value === undefined) continue;
			const key = model.keyText(to, value);
			found.set(`${to}\u0000${key}`, { to, key });
		}
	return [...found.values()];
}

const verb = ({ created, deleted }: Became) => (deleted ? 'was deleted' : created ? 'was created' : 'was updated');

/** How many of the items that a row led to are named. */
const NAMED = 5;

function inWords(became: Became, changed: readonly string[], led: readonly Led[]): string {
	const { collection, item, created, deleted, isComplete } = became;
	const passed = became.passed ?? [];
	const byClock = passed.length > 0 ? [`${passed.join(', ')} ${passed.length > 1 ? 'have' : 'has'} passed`] : [];
	const byWriting =
		created || deleted
			? [`${collection} ${item} ${verb(became)}`]
			: isComplete
				? changed.length > 0
					? [`${changed.join(', ')} of ${collection} ${item} changed`]
					: []
				: [`${collection} ${item} was updated, and its earlier values are not known`];
	const what = [...byClock, ...byWriting].join(', and ');
	if (led.length === 0) return what;
	const named = led.slice(0, NAMED).map(({ to, key }) => `${to} ${key}`);
	const more = led.length > NAMED ? ` and ${led.length - NAMED} more` : '';
	return `${what}; this row led to ${named.join(', ')}${more}`;
}
