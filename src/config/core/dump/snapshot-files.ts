import { isRecord } from '../../../kernel/core/is-record.js';
import { nearestName } from '../../../kernel/core/near-miss.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { SCHEMA_KINDS, snapshot, type SchemaKind, type Snapshot } from '../../../contract/bundle.js';
import { below, snapshotFolder, type DumpChoice } from './dump-choice.js';
import { nameOfType, type DumpReading, type ReadFile } from './dump-reading.js';
import { inSchemaOrder } from '../elements/element-order.js';
import { checkSnapshot } from '../schema/check-snapshot.js';
import { readJsonText } from './json-text.js';
import { isPathOf, partName, partsOf, pathsOf, type SchemaPart } from './snapshot-paths.js';
import { inOrderOf, printJson, withSortedKeys } from './stable-json.js';

const RESTORE = 'restore it, pull again, or leave the schema out (--no-snapshot)';

/**
 * The schema of a dump, split or in one file, whichever exists; null with an issue where it cannot be used.
 * `choice.split` only decides which of the two an issue names when neither exists.
 */
export function readSnapshot(reading: DumpReading, choice: DumpChoice): Snapshot | null {
	const folder = snapshotFolder(choice);
	const [info, whole] = [below(folder, 'info.json'), below(folder, 'snapshot.json')];
	const [isSplit, isWhole] = [reading.files.has(info), reading.files.has(whole)];
	if (isSplit && isWhole) {
		reading.issues.push({
			file: whole,
			path: '',
			code: 'ambiguous_snapshot',
			message: `the schema is there twice: in this file and split, with ${info}`,
			suggestion: 'delete the one that is out of date',
		});
		return null;
	}
	return isWhole || (!isSplit && !choice.split)
		? readWhole(reading, whole)
		: readSplit(reading, folder === '' ? '' : `${folder}/`, info);
}

function readWhole(reading: DumpReading, file: string): Snapshot | null {
	const read = reading.open(file, { message: 'the schema is missing', suggestion: RESTORE });
	if (!read) return null;
	if (!isSnapshotShape(reading, read, read.value, '')) return null;
	for (const kind of SCHEMA_KINDS) {
		for (const [index, value] of read.value[kind].entries()) {
			keepPart(reading, read, `/${kind}/${index}`, partOf(kind, value));
		}
	}
	checkSnapshot(read.value, { reading, read });
	return inSchemaOrder(read.value);
}

function readSplit(reading: DumpReading, folder: string, infoFile: string): Snapshot | null {
	const before = reading.issues.length;
	const info = reading.open(infoFile, {
		message: 'the file that says which schema this is, and from which Directus, is missing',
		suggestion: RESTORE,
	});
	const parts: SchemaPart[] = [];
	for (const file of [...reading.files.keys()]
		.filter((name) => name.startsWith(folder) && name.endsWith('.json'))
		.sort()) {
		if (file === infoFile) continue;
		const part = readPart(reading, file, file.slice(folder.length));
		if (part) parts.push(part);
	}
	const values = (kind: SchemaKind) => parts.filter((part) => part.kind === kind).map(({ value }) => value);
	if (!info) return null;
	if (!isRecord(info.value)) {
		reading.wrong(info, '', {
			code: 'wrong_type',
			message: `expected an object, got ${nameOfType(info.value)}`,
			suggestion: RESTORE,
		});
		return null;
	}
	const schema = {
		...info.value,
		collections: values('collections'),
		fields: values('fields'),
		relations: values('relations'),
	};
	if (!isSnapshotShape(reading, info, schema, '')) return null;
	// Parts that refer to an unreadable one would all be reported, too, and bury the real mistake.
	if (reading.issues.length === before) checkSnapshot(schema, { reading, read: info });
	return inSchemaOrder(schema);
}

/** One file of a split schema, which has to be where its name belongs. */
function readPart(reading: DumpReading, file: string, path: string): SchemaPart | null {
	const [top = ''] = path.split('/');
	const kind = SCHEMA_KINDS.find((name) => name === top);
	if (!kind) {
		const suggestion = nearestName(top.replace(/\.json$/, ''), SCHEMA_KINDS);
		reading.issues.push({
			file,
			path: '',
			code: 'unknown_file',
			message:
				'nothing is known that belongs here; a schema has info.json and the folders collections, fields, relations',
			suggestion: suggestion ? `move it to ${suggestion}/` : 'delete it',
		});
		return null;
	}
	const read = reading.open(file, { message: 'the file is missing', suggestion: RESTORE });
	if (!read) return null;
	const shape = snapshot.shape[kind].element.safeParse(read.value);
	if (!shape.success) {
		for (const issue of shape.error.issues) {
			reading.wrong(read, pointer(issue.path), { code: 'wrong_type', message: issue.message, suggestion: RESTORE });
		}
		return null;
	}
	const part = partOf(kind, shape.data);
	if (!isPathOf(path, part)) {
		reading.wrong(read, '', {
			code: 'misplaced',
			message: `the file says that it is ${nameOfPart(part)}, but it lies at ${path}`,
			suggestion: 'rename the file, or correct what it says',
		});
		return null;
	}
	return keepPart(reading, read, '', part) ? part : null;
}

const nameOfPart = (part: SchemaPart): string =>
	`the ${{ collections: 'collection', fields: 'field', relations: 'relation' }[part.kind]} ${partName(part)}`;

function partOf(kind: SchemaKind, value: Record<string, unknown> & { collection: string }): SchemaPart {
	const field = kind !== 'collections' && typeof value['field'] === 'string' ? value['field'] : null;
	return { kind, collection: value.collection, field, value };
}

/** False, with an issue, where another file has the same part. */
function keepPart(reading: DumpReading, read: ReadFile, path: string, part: SchemaPart): boolean {
	const other = reading.keep(part.kind, partName(part), read, path);
	if (other) {
		reading.wrong(read, path, {
			code: 'duplicate',
			message: `${nameOfPart(part)} is there already: ${other.file}, line ${other.line}`,
			suggestion: 'keep one of the two',
		});
	}
	return other === null;
}

function isSnapshotShape(reading: DumpReading, read: ReadFile, value: unknown, at: string): value is Snapshot {
	const shape = snapshot.safeParse(value);
	for (const issue of shape.error?.issues ?? []) {
		reading.wrong(read, `${at}${pointer(issue.path)}`, {
			code: 'wrong_type',
			message: issue.message,
			suggestion: RESTORE,
		});
	}
	return shape.success;
}

const pointer = (path: readonly PropertyKey[]): string => path.map((step) => `/${String(step)}`).join('');

/** The files of a schema. Parts that did not change keep the bytes that they have in `before`. */
export function writeSnapshot(
	schema: Snapshot,
	choice: DumpChoice,
	before: ReadonlyMap<string, string>,
): Map<string, string> {
	const folder = snapshotFolder(choice);
	const files = new Map<string, string>();
	const write = (path: string, value: unknown) => {
		const file = below(folder, path);
		files.set(file, rewritten(value, before.get(file), choice.sortJson));
	};
	if (!choice.split) {
		write('snapshot.json', inListOrder(schema, before.get(below(folder, 'snapshot.json'))));
		return files;
	}
	const { collections, fields, relations, ...info } = schema;
	write('info.json', info);
	const parts = partsOf({ ...info, collections, fields, relations });
	for (const [part, path] of pathsOf(parts, pathsBefore(folder, before))) write(path, part.value);
	return files;
}

/** The text of a file for a value, as near to the former text as it may be. */
function rewritten(value: unknown, former: string | undefined, sortJson: boolean): string {
	const old = former === undefined ? undefined : readJsonText(former).value;
	const ordered = old === undefined ? value : canonical(old) === canonical(value) ? old : inOrderOf(old, value);
	return printJson(
		sortJson ? withSortedKeys(ordered) : ordered,
		former === undefined || old === undefined ? null : { text: former, value: old },
	);
}

/** In one file the parts stay in the order in which they were, new ones at the end. */
function inListOrder(schema: Snapshot, former: string | undefined): Snapshot {
	const old = former === undefined ? undefined : readJsonText(former).value;
	if (!isRecord(old)) return schema;
	const sorted = { ...schema };
	for (const kind of SCHEMA_KINDS) {
		const list = old[kind];
		if (!Array.isArray(list)) continue;
		const places = new Map(
			list.filter(isRecord).map((value, index) => [`${value['collection']}.${value['field']}`, index]),
		);
		const placeOf = (value: Record<string, unknown>) =>
			places.get(`${value['collection']}.${value['field']}`) ?? Infinity;
		const byPlace = (a: Record<string, unknown>, b: Record<string, unknown>) =>
			placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b);
		Object.assign(sorted, { [kind]: schema[kind].toSorted(byPlace) });
	}
	return sorted;
}

/** Which file each part had; files that cannot be read had none. */
function pathsBefore(folder: string, before: ReadonlyMap<string, string>): Map<string, string> {
	const prefix = folder === '' ? '' : `${folder}/`;
	const files = new Map<string, string>();
	for (const [file, text] of before) {
		const path = file.slice(prefix.length);
		const kind = SCHEMA_KINDS.find((name) => path.startsWith(`${name}/`));
		if (!kind || !file.startsWith(prefix) || !file.endsWith('.json')) continue;
		const shape = snapshot.shape[kind].element.safeParse(readJsonText(text).value);
		if (!shape.success) continue;
		const name = `${kind} ${partName(partOf(kind, shape.data))}`;
		if (!files.has(name)) files.set(name, path);
	}
	return files;
}
