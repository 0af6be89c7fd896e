import { isRecord } from '../../../kernel/core/is-record.js';
import { nearestName } from '../../../kernel/core/near-miss.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { ELEMENT_KINDS, type Element, type ElementKind } from '../../../contract/bundle.js';
import { below, collectionsFolder, type DumpChoice } from './dump-choice.js';
import { nameOfType, type DumpReading } from './dump-reading.js';
import { compareText, inFileOrder, sortKey } from '../elements/element-order.js';
import { EXTENSIONS_FILE } from './extension-file.js';
import { fromFile, hasExplicitUsers, toFile } from './element-in-file.js';
import { readJsonText } from './json-text.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import { inOrderOf, printJson, withSortedKeys } from './stable-json.js';

/** A file that older versions of `directus-sync` wrote; Directus 11 has no webhooks any more. */
const BYGONE = ['webhooks.json'];

export const elementFile = (kind: ElementKind, choice: DumpChoice): string =>
	below(collectionsFolder(choice), `${kind}.json`);

/** The elements of one file, in its order; null where it cannot be used, which the reading says. */
export function readElements(reading: DumpReading, kind: ElementKind, choice: DumpChoice): Element[] | null {
	const file = elementFile(kind, choice);
	const leaveOut = `leave them out (--exclude-collections ${kind})`;
	const read = reading.open(file, {
		message: `the ${kind} are missing; a missing file does not mean that there shall be none`,
		suggestion: `restore it, pull again, or ${leaveOut}; a file with [] says that there shall be none`,
	});
	if (!read) return null;
	if (!Array.isArray(read.value)) {
		reading.wrong(read, '', {
			code: 'wrong_type',
			message: `expected a list of ${kind}, got ${nameOfType(read.value)}`,
			suggestion: `restore it, pull again, or ${leaveOut}`,
		});
		return null;
	}
	const elements: Element[] = [];
	for (const [index, entry] of read.value.entries()) {
		const at = `/${index}`;
		if (!isRecord(entry)) {
			reading.wrong(read, at, { code: 'wrong_type', message: `expected an object, got ${nameOfType(entry)}` });
			continue;
		}
		const syncId = entry['_syncId'];
		if (typeof syncId !== 'string' || syncId === '' || syncId.length > 255) {
			reading.wrong(read, at, {
				code: 'missing_sync_id',
				message: `${kinds[kind].nameOf(entry) || 'an element'} has no _syncId; expected a text of 1 to 255 letters, got ${nameOfType(syncId)}`,
				suggestion: 'give it the one that it had, or a new UUID if it is new',
			});
			continue;
		}
		const other = reading.keep(kind, syncId, read, at);
		if (other) {
			reading.wrong(read, at, {
				code: 'duplicate_sync_id',
				message: `the _syncId ${syncId} is in line ${other.line} already`,
				suggestion: 'give one of the two a new UUID, or delete it',
			});
			continue;
		}
		const { element, issues, warnings } = fromFile(kind, { ...entry, _syncId: syncId }, choice);
		for (const issue of issues) reading.wrong(read, `${at}${issue.path}`, issue);
		for (const warning of warnings) reading.warn(read, `${at}${warning.path}`, warning);
		elements.push(element);
	}
	const [, second] = elements;
	if (kinds[kind].singleton && second) {
		reading.wrong(read, '/1', {
			code: 'too_many',
			message: `an instance has one row of ${kind}, the file has ${elements.length}`,
			suggestion: 'keep one of them',
		});
	}
	return elements;
}

/** Files beside the known ones: a misspelt name would otherwise go unnoticed. */
export function checkFileNames(reading: DumpReading, choice: DumpChoice): void {
	const folder = collectionsFolder(choice);
	if (folder === '') return;
	for (const file of reading.files.keys()) {
		const name = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : '';
		if (!name.endsWith('.json') || name.includes('/') || isElementKind(name.slice(0, -'.json'.length))) continue;
		if (name === EXTENSIONS_FILE) continue;
		const issue = { file, path: '', code: 'unknown_kind' };
		if (BYGONE.includes(name)) {
			reading.warnings.push({
				...issue,
				message: 'no longer known to Directus; the file is not read',
				suggestion: 'delete it',
			});
			continue;
		}
		const nearest = nearestName(name.slice(0, -'.json'.length), ELEMENT_KINDS);
		reading.issues.push({
			...issue,
			message: `"${name}" is of no known kind; known are ${ELEMENT_KINDS.join(', ')}`,
			suggestion: nearest
				? `rename it to ${nearest}.json`
				: 'move it elsewhere, or install a newer version of this package',
		});
	}
}

/**
 * The text of a file. What did not change keeps its bytes: the order of the elements, of their keys, and the whole text
 * where nothing changed at all. New elements stand where the order of the file has them.
 */
export function writeElements(
	kind: ElementKind,
	elements: readonly Element[],
	choice: DumpChoice,
	{ former, asTheyAre }: { former: string | undefined; asTheyAre: readonly Element[] },
): string {
	const parsed = former === undefined ? undefined : readJsonText(former).value;
	const old = Array.isArray(parsed) ? parsed.filter(isElement) : [];
	const oldById = new Map(old.map((entry) => [entry._syncId, entry]));
	const explicitUsers = hasExplicitUsers(old);
	const untouched = new Set(asTheyAre);
	const entries = inOrderOfFile(kind, [...elements, ...asTheyAre], old).map((element) => {
		const before = oldById.get(element._syncId);
		if (before && untouched.has(element)) return before;
		if (!before) return toFile(kind, element, explicitUsers);
		const was = fromFile(kind, before, choice);
		if (!was.cleaned && canonical(was.element) === canonical(element)) return before;
		return inOrderOf(before, { ...was.leftOut, ...toFile(kind, element, explicitUsers) });
	});
	const value = choice.sortJson ? withSortedKeys(entries) : entries;
	return printJson(value, former === undefined || parsed === undefined ? null : { text: former, value: parsed });
}

const isElement = (value: unknown): value is Element => isRecord(value) && typeof value['_syncId'] === 'string';

/** In the order that the file has by rule; where it has another one (entries were moved by hand), in that one. */
function inOrderOfFile(kind: ElementKind, elements: readonly Element[], old: readonly Element[]): Element[] {
	const places = new Map(old.map((element, index) => [element._syncId, index]));
	const keys = old.map((element) => sortKey(kind, element));
	const byRule = keys.every((key, index) => index === 0 || compareText(keys[index - 1] ?? '', key) <= 0);
	const place = (element: Element) => places.get(element._syncId) ?? Infinity;
	const sorted = inFileOrder(kind, elements).map((element) => ({
		element,
		key: sortKey(kind, element),
		place: place(element),
	}));
	const byPlace = (a: { place: number }, b: { place: number }) => (a.place === b.place ? 0 : a.place - b.place);
	if (byRule) {
		return sorted.toSorted((a, b) => compareText(a.key, b.key) || byPlace(a, b)).map(({ element }) => element);
	}
	const kept = sorted.filter((entry) => entry.place !== Infinity).toSorted(byPlace);
	const fresh = sorted.filter((entry) => entry.place === Infinity);
	const merged: Element[] = [];
	let next = 0;
	for (const { element, key } of kept) {
		for (let entry = fresh[next]; entry && compareText(entry.key, key) < 0; entry = fresh[++next])
			merged.push(entry.element);
		merged.push(element);
	}
	return [...merged, ...fresh.slice(next).map(({ element }) => element)];
}
