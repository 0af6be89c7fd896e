import { BUNDLE_VERSION, ELEMENT_KINDS, SCHEMA_KINDS, type Bundle } from '../../../contract/bundle.js';
import { below, collectionsFolder, snapshotFolder, type DumpChoice, type DumpPlaces } from './dump-choice.js';
import { DumpReading } from './dump-reading.js';
import { EXTENSIONS_FILE, readExtensionStates, writeExtensionStates } from './extension-file.js';
import { checkFileNames, elementFile, readElements, writeElements } from './element-files.js';
import { isOwnCollection, ownElements, withoutOwn } from '../elements/own-parts.js';
import { isAboutRights, olderRights } from '../elements/older-directus.js';
import type { ConfigIssue } from '../../../contract/plan.js';
import { readSnapshot, writeSnapshot } from './snapshot-files.js';

export interface ReadDump {
	/** null where anything is wrong: a part that cannot be read must not be taken for one that shall not be. */
	bundle: Bundle | null;
	issues: ConfigIssue[];
	/** Parts of the files that were left out of the bundle. */
	warnings: ConfigIssue[];
	places: DumpPlaces;
}

/**
 * A dump folder, as `directus-sync` and `writeDump` write it, as a bundle. All that is wrong is said at once.
 * @param files texts by path within the folder, with `/`; others than those of the dump do not disturb
 */
export function readDump(files: ReadonlyMap<string, string>, choice: DumpChoice): ReadDump {
	const reading = new DumpReading(files);
	const elements: Bundle['elements'] = {};
	for (const kind of ELEMENT_KINDS) {
		if (!choice.kinds.includes(kind)) continue;
		const list = readElements(reading, kind, choice);
		if (list) elements[kind] = list;
	}
	if (choice.kinds.length > 0) checkFileNames(reading, choice);
	const schema = choice.schema ? readSnapshot(reading, choice) : null;
	const bundle: Bundle = { version: BUNDLE_VERSION, directus: schema?.directus ?? null, schema, elements };
	const extensions = choice.extensions ? readExtensionStates(reading, choice) : null;
	if (extensions) bundle.extensions = extensions;
	const { warnings } = reading;
	const older = reading.issues.length > 0 ? olderRights(files, choice) : null;
	const issues = older ? [older, ...reading.issues.filter((issue) => !isAboutRights(issue, choice))] : reading.issues;
	return {
		bundle: issues.length > 0 ? null : choice.own ? bundle : withoutOwn(bundle),
		issues,
		warnings,
		places: reading.whereThingsAre(),
	};
}

/**
 * The files of a bundle: all of the schema and of each kind that it has and that is chosen. What did not change since
 * `before` keeps its bytes, and so does what others wrote there of Downstream's own parts.
 */
export function writeDump(
	bundle: Bundle,
	choice: DumpChoice,
	before: ReadonlyMap<string, string>,
): Map<string, string> {
	const files = new Map<string, string>();
	const own = choice.own ? {} : ownElementsIn(before, choice);
	for (const kind of ELEMENT_KINDS) {
		const elements = bundle.elements[kind];
		if (!elements || !choice.kinds.includes(kind)) continue;
		const file = elementFile(kind, choice);
		files.set(file, writeElements(kind, elements, choice, { former: before.get(file), asTheyAre: own[kind] ?? [] }));
	}
	const states = below(collectionsFolder(choice), EXTENSIONS_FILE);
	if (choice.extensions && (bundle.extensions || before.has(states)))
		files.set(states, writeExtensionStates(bundle.extensions ?? [], before.get(states)));
	if (choice.schema && bundle.schema) {
		for (const [file, text] of writeSnapshot(bundle.schema, choice, before)) files.set(file, text);
	}
	return files;
}

/** Elements of the existing files, of the given kinds and of those that refer to secrets; none of unreadable files. */
export function formerElements(
	files: ReadonlyMap<string, string>,
	choice: DumpChoice,
	kinds: readonly string[],
): Bundle['elements'] {
	const elements: Bundle['elements'] = {};
	const reading = new DumpReading(files);
	for (const kind of ELEMENT_KINDS) {
		const text = files.get(elementFile(kind, choice));
		if (text === undefined || !(kinds.includes(kind) || text.includes('${SECRET:'))) continue;
		const list = readElements(reading, kind, choice);
		if (list) elements[kind] = list;
	}
	return elements;
}

/** Downstream's own elements in files that are there; what cannot be read is written anew without them. */
function ownElementsIn(files: ReadonlyMap<string, string>, choice: DumpChoice): Bundle['elements'] {
	const reading = new DumpReading(files);
	return ownElements({
		policies: readElements(reading, 'policies', choice) ?? [],
		permissions: readElements(reading, 'permissions', choice) ?? [],
	});
}

/** Files of the schema that are there no more once `after` is written: of fields that are gone, or of the other form. */
export function leftoverFiles(
	before: Iterable<string>,
	after: ReadonlyMap<string, string>,
	choice: DumpChoice,
): string[] {
	const folder = snapshotFolder(choice);
	if (!after.has(below(folder, 'info.json')) && !after.has(below(folder, 'snapshot.json'))) return [];
	const isOfSchema = (file: string) =>
		file === below(folder, 'info.json') ||
		file === below(folder, 'snapshot.json') ||
		(file.endsWith('.json') && SCHEMA_KINDS.some((kind) => file.startsWith(below(folder, `${kind}/`))));
	// Others write Downstream's own collections into a dump too; what is not compared is not removed.
	const isOwn = (file: string) =>
		!choice.own && SCHEMA_KINDS.some((kind) => isOwnCollection(nameIn(file, below(folder, `${kind}/`))));
	return [...before].filter((file) => isOfSchema(file) && !isOwn(file) && !after.has(file)).sort();
}

/** The collection that a file of a split schema is of: `articles` of `fields/articles/title.json` and `collections/articles.json`. */
const nameIn = (file: string, folder: string): string =>
	file.startsWith(folder) ? (file.slice(folder.length).split('/')[0] ?? '').replace(/\.json$/, '') : '';
