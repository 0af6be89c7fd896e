import type { Snapshot } from '../../../contract/bundle.js';
import type { DumpReading, ReadFile } from '../dump/dump-reading.js';

/** `version` of a schema that only speaks of the collections that it names. */
const PARTIAL = 2;

const PULL = 'restore what is missing, or pull again';

/**
 * Whether the parts of a schema that was read belong together. A schema that lost a folder or some files would otherwise
 * be taken for one in which those collections and fields shall not be.
 */
export function checkSnapshot(schema: Snapshot, { reading, read }: { reading: DumpReading; read: ReadFile }): void {
	const collections = new Set(schema.collections.map(({ collection }) => collection));
	const fields = new Set(schema.fields.map(({ collection, field }) => `${collection}.${field}`));
	const place = (kind: 'fields' | 'relations' | 'collections', name: string) => reading.placeOf(kind, name);

	const withoutFile = Map.groupBy(
		schema.fields.filter(({ collection }) => !collections.has(collection) && !isSystem(collection)),
		({ collection }) => collection,
	);
	for (const [collection, lost] of withoutFile) {
		const at = place('fields', `${collection}.${lost[0]?.field}`);
		reading.issues.push({
			file: at?.file ?? read.file,
			path: at?.path ?? '',
			code: 'incomplete_snapshot',
			message: `${lost.length === 1 ? 'a field' : `${lost.length} fields`} of "${collection}" without the collection itself`,
			suggestion: PULL,
		});
	}
	for (const { collection, field, related_collection: related } of schema.relations) {
		if (related !== null && !isSystem(related) && !collections.has(related) && schema.version !== PARTIAL) {
			const at = place('relations', `${collection}.${field}`);
			reading.issues.push({
				file: at?.file ?? read.file,
				path: at?.path ?? '',
				code: 'incomplete_snapshot',
				message: `the relation of "${collection}.${field}" points to "${related}", which the schema does not have`,
				suggestion: `restore the files of "${related}", or delete the relation too`,
			});
		}
		if (isSystem(collection) || fields.has(`${collection}.${field}`)) continue;
		const at = place('relations', `${collection}.${field}`);
		reading.issues.push({
			file: at?.file ?? read.file,
			path: at?.path ?? '',
			code: 'incomplete_snapshot',
			message: `the relation of "${collection}.${field}" without the field`,
			suggestion: 'delete the relation too, or restore the field',
		});
	}
	const table = schema.collections.find(
		(collection) => typeof collection['schema'] === 'object' && collection['schema'],
	);
	if (table && schema.fields.length === 0) {
		const at = place('collections', table.collection);
		reading.issues.push({
			file: at?.file ?? read.file,
			path: at?.path ?? '',
			code: 'incomplete_snapshot',
			message: 'the schema has tables but not a single field',
			suggestion: PULL,
		});
	}
}

const isSystem = (collection: string): boolean => collection.startsWith('directus_');
