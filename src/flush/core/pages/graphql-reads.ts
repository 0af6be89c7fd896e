import { Kind, OperationTypeNode } from 'graphql';
import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { SchemaOverview } from '@directus/types';
import { isRecord } from '../../../kernel/core/is-record.js';
import { argumentsOf, commaList, createFilterForm, variablesOf, type Values } from './graphql-arguments.js';
import { createSelectionForm, flatSelections, type Fragments } from './graphql-selection.js';
import type { PageModel } from './page-model.js';
import type { Read } from './read-tags.js';

/** A GraphQL query that has its answer. */
export interface AnsweredQuery {
	document: DocumentNode;
	variables: unknown;
	operationName: unknown;
	scope: 'items' | 'system';
	payload: unknown;
	/** Who reads; null for the public. */
	user: string | null;
}

export interface QueryReads {
	reads: Read[];
	/** A version of the content beside the published one is read. */
	isVersion: boolean;
	/** Something is asked for that no tag tells of, such as the server's settings. */
	isUntold: boolean;
}

/** Directus' own collections whose reads have tags. */
const SYSTEM = new Set(['directus_files', 'directus_folders', 'directus_users']);

/**
 * What a GraphQL query read, as if each of its root fields had been read by REST: Directus turns them into the same
 * queries. Null for what is no query, and for answers that failed.
 */
export function readsOfQuery(
	answered: AnsweredQuery,
	schema: Pick<SchemaOverview, 'collections'>,
	model: PageModel,
): QueryReads | null {
	const { document, operationName, payload } = answered;
	const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
	const chosen = operations.find(({ name }) => !operationName || name?.value === operationName);
	if (chosen?.operation !== OperationTypeNode.QUERY || !isRecord(payload) || hasFailed(payload)) return null;
	const fragments: Fragments = new Map(
		document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
	);
	const found: QueryReads = { reads: [], isVersion: false, isUntold: false };
	// Directus' own cache does not tell the operations of one document apart: the answer may be that of any of them.
	for (const operation of operations)
		if (operation.operation === OperationTypeNode.QUERY)
			addRoots(found, operation, { ...answered, fragments, schema, model });
	return found;
}

/** What is refused or not there is an answer like any other, and another one once it may be read. */
function hasFailed({ errors }: Record<string, unknown>): boolean {
	const codeOf = (error: unknown) =>
		isRecord(error) && isRecord(error['extensions']) ? error['extensions']['code'] : undefined;
	return Array.isArray(errors) && errors.some((error) => codeOf(error) !== 'FORBIDDEN');
}

interface Asked extends AnsweredQuery {
	fragments: Fragments;
	schema: Pick<SchemaOverview, 'collections'>;
	model: PageModel;
}

function addRoots(found: QueryReads, operation: OperationDefinitionNode, asked: Asked): void {
	const values = variablesOf(operation, asked.variables);
	const data = isRecord(asked.payload) && isRecord(asked.payload['data']) ? asked.payload['data'] : {};
	for (const { node } of flatSelections([operation.selectionSet], asked.fragments)) {
		// `__typename` and the schema itself: a change of the latter purges everything.
		if (node.name.value.startsWith('__')) continue;
		const root = rootOf(node.name.value, asked);
		if (!root) {
			found.isUntold = true;
			continue;
		}
		const args = argumentsOf(node.arguments, values);
		const answer = data[node.alias?.value ?? node.name.value] ?? null;
		found.isVersion ||= root.way === 'version' || isBesidePublished(args['version']);
		found.reads.push(readOfRoot({ ...root, node, args, values, answer }, asked));
	}
}

const isBesidePublished = (version: unknown) =>
	typeof version === 'string' && !['', 'main', 'published'].includes(version);

interface Root {
	collection: string;
	way: 'list' | 'item' | 'aggregate' | 'version' | 'me';
}

/** A collection's own name counts first, as in Directus: one may be named `pages_aggregated`. */
function rootOf(field: string, { scope, schema }: Asked): Root | null {
	const name = scope === 'system' ? `directus_${field}` : field;
	const isThere = (collection: string) =>
		Object.hasOwn(schema.collections, collection) && (scope === 'items' || SYSTEM.has(collection));
	if (isThere(name)) return { collection: name, way: 'list' };
	const ways = [
		['_aggregated', 'aggregate'],
		['_by_id', 'item'],
		['_by_version', 'version'],
	] as const;
	for (const [ending, way] of ways) {
		const collection = name.slice(0, -ending.length);
		if (name.endsWith(ending) && isThere(collection)) return { collection, way };
	}
	return name === 'directus_users_me' ? { collection: 'directus_users', way: 'me' } : null;
}

interface AskedRoot extends Root {
	node: FieldNode;
	args: Values;
	values: Values;
	answer: unknown;
}

function readOfRoot(root: AskedRoot, { fragments, schema, model, user }: Asked): Read {
	const { collection, way, node, args, values, answer } = root;
	const filterForm = createFilterForm(model);
	const query = {
		filter: filterForm(collection, args['filter']),
		sort: commaList(args['sort']),
		search: args['search'],
	};
	if (way === 'aggregate') {
		const functions = flatSelections([node.selectionSet], fragments).filter(
			({ node: one }) => one.name.value !== 'group',
		);
		const aggregate = Object.fromEntries(
			functions.map(({ node: one }) => [
				one.name.value,
				flatSelections([one.selectionSet], fragments).map(({ node: field }) => field.name.value),
			]),
		);
		return {
			collection,
			of: 'list',
			query: { ...query, aggregate, group: commaList(args['groupBy']) },
			data: answer,
		};
	}
	const isSingleton = schema.collections[collection]?.singleton === true;
	const keys = way === 'me' ? [user ?? 'me'] : args['id'] ? [String(args['id'])] : null;
	const of = isSingleton ? 'singleton' : keys ? { keys } : 'list';
	if (way === 'version') return { collection, of, query: { ...query, fields: ['*'] }, data: answer };
	const form = createSelectionForm({ model, fragments, values, filterForm });
	const selection = form(collection, [node.selectionSet]);
	const { fields, alias, deep } = selection;
	return { collection, of, query: { ...query, fields, alias, deep }, data: selection.named(answer) };
}
