import type { Snapshot } from '../../../contract/bundle.js';
import type { Change } from '../../../contract/plan.js';

/** Which collections do not belong to the configuration, in files and on instances. */
export type LeftOut = (collection: string) => boolean;

/** From names, in which `*` stands for any characters. */
export function leftOutBy(patterns: readonly string[]): LeftOut {
	const tests = patterns.map((pattern) => {
		const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w]/g, String.raw`\$&`));
		return new RegExp(`^${parts.join('.*')}$`, 's');
	});
	return (collection) => tests.some((test) => test.test(collection));
}

/** The schema without these collections; fields of others that point to them stay. */
export function withoutTables<Schema extends Snapshot | null>(schema: Schema, isLeftOut: LeftOut): Schema {
	if (schema === null) return schema;
	const kept = <Entry extends { collection: string }>(entries: Entry[]): Entry[] =>
		entries.filter(({ collection }) => !isLeftOut(collection));
	return {
		...schema,
		collections: kept(schema.collections),
		fields: kept(schema.fields),
		relations: kept(schema.relations),
	};
}

/** Whether a step is about one of these collections. */
export const isAboutTable = ({ kind, sync_id }: Change, isLeftOut: LeftOut): boolean =>
	(kind === 'collections' || kind === 'fields' || kind === 'relations') && isLeftOut(sync_id.split('.')[0] ?? '');
