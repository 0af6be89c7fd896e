import type { SchemaOverview } from '@directus/types';
import { compileRule, type CompiledRule } from '../../../capture/core/watch.js';
import type { Issue } from '../../../contract/issue.js';
import { CONTENT_VERSIONS, EVENTS } from '../../../contract/vocabulary.js';
import { refusedCollection } from '../../../kernel/filter/field-path.js';
import { collectionRefusal } from '../../../kernel/core/never-sent.js';
import { unknownCollection } from '../../../kernel/core/rule-issues.js';
import { escapePointer } from '../../../kernel/core/json-pointer.js';
import { dateIssues } from '../validate-dates.js';
import { pageModel } from './page-model.js';

/** Directus' own collections whose changes may change any answer: rights, the schema, the settings. */
const CHANGE_EVERYTHING = [
	'directus_access',
	'directus_collections',
	'directus_fields',
	'directus_permissions',
	'directus_policies',
	'directus_relations',
	'directus_roles',
	'directus_settings',
];

/** A flush target's options, as far as they say what automatic tags it is sent; `collections` null for those by default. */
export interface AutomaticOptions {
	tags?: unknown;
	collections?: readonly string[] | null | undefined;
	/** Changes of content versions are sent too: to a preview site. */
	versions?: boolean | undefined;
	/** Date fields by collection. */
	at?: Record<string, string[]> | undefined;
}

export const isAutomatic = (options: AutomaticOptions | null): boolean => options?.tags === 'automatic';

/** All that sites show: what is not Directus' own, and files. */
const byDefault = (schema: SchemaOverview) =>
	Object.keys(schema.collections).filter((name) => !name.startsWith('directus_') || name === 'directus_files');

const isSendable = (schema: SchemaOverview, name: string) =>
	Object.hasOwn(schema.collections, name) && collectionRefusal(name) === null;

/**
 * The rules that a target with automatic tags stands for, one for each collection whose changes it is told of: those that
 * are sent, those whose rows are shown in a list of one that is, and those that any answer may depend on.
 */
export function automaticRules(
	{ collections, versions, at = {} }: AutomaticOptions,
	target: string,
	schema: SchemaOverview,
): CompiledRule[] {
	const sends = new Set((collections ?? byDefault(schema)).filter((name) => isSendable(schema, name)));
	const model = pageModel(schema);
	const leading = Object.keys(schema.collections).filter(
		(name) => isSendable(schema, name) && model.leads(name).some(({ to }) => sends.has(to)),
	);
	const previewed = versions && isSendable(schema, CONTENT_VERSIONS) ? [CONTENT_VERSIONS] : [];
	const watched = new Set([...sends, ...leading, ...previewed]);
	const compile = (collection: string, index: number, sent: ReadonlySet<string> | null): CompiledRule => {
		const primary = schema.collections[collection]?.primary ?? 'id';
		const dates = Object.hasOwn(at, collection) ? { at: at[collection] } : {};
		const rule = { collection, events: [...EVENTS], payload: [primary], ...dates };
		return { ...compileRule(rule, target, index, schema), automatic: { sends: sent, schema } };
	};
	const everything = CHANGE_EVERYTHING.filter((name) => isSendable(schema, name) && !watched.has(name));
	return [
		...[...watched].map((collection, index) => compile(collection, index, sends)),
		...everything.map((collection, index) => compile(collection, watched.size + index, null)),
	];
}

/** What is wrong with the collections and dates that a target with automatic tags names; paths are within its options. */
export function checkAutomatic({ collections, at = {} }: AutomaticOptions, schema: SchemaOverview): Issue[] {
	const named = (collections ?? []).flatMap((collection, index) =>
		collectionIssues(collection, `/collections/${index}`, schema),
	);
	const dates = Object.entries(at).flatMap(([collection, fields]) => {
		const path = `/at/${escapePointer(collection)}`;
		const issues = collectionIssues(collection, path, schema);
		return issues.length > 0
			? issues
			: fields.flatMap((field, index) => dateIssues(schema, collection, field, `${path}/${index}`));
	});
	return [...named, ...dates];
}

function collectionIssues(collection: string, path: string, schema: SchemaOverview): Issue[] {
	const unknown = unknownCollection(collection, schema);
	if (unknown) return [{ ...unknown, path }];
	const refusal = collectionRefusal(collection);
	return refusal === null ? [] : [{ path, ...refusedCollection(collection, refusal) }];
}
