import { isRecord } from '../../../kernel/core/is-record.js';
import type { Row } from '../../../kernel/core/row.js';
import { movedFilter, movedPath, type Rewriting } from './move-paths.js';

/**
 * What an operation reads of the steps before it, by the word that it begins with (`$trigger.payload`, `$last`, the key of
 * an operation): the collection that these values are of. What is not known is not there.
 */
export type FlowData = ReadonlyMap<string, string>;

const TRIGGER = '$trigger.payload';

/**
 * The data of each operation's flow, by the operation's own id.
 * @param idOf the key by which rows refer to each other: `id` in a database, `_syncId` in files
 */
export function flowDataOf(
	flows: readonly Row[],
	operations: readonly Row[],
	idOf: 'id' | '_syncId',
): Map<unknown, FlowData> {
	const triggers = new Map(flows.map((flow) => [flow[idOf], triggerOf(flow)]));
	const before = new Map<unknown, Row>();
	for (const operation of operations)
		for (const next of [operation['resolve'], operation['reject']])
			if (next !== null && next !== undefined) before.set(next, operation);
	const reads = Map.groupBy(
		operations.filter((operation) => readBy(operation) !== null),
		(operation) => operation['flow'],
	);
	return new Map(
		operations.map((operation) => {
			const data = new Map<string, string>();
			const trigger = triggers.get(operation['flow']);
			if (trigger) data.set(TRIGGER, trigger);
			for (const read of reads.get(operation['flow']) ?? []) data.set(String(read['key']), readBy(read) ?? '');
			const last = before.get(operation[idOf]);
			const of = last ? readBy(last) : null;
			if (of !== null) data.set('$last', of);
			return [operation[idOf], data];
		}),
	);
}

/** The collection whose items start a flow; null where that may be several, or something else. */
function triggerOf({ trigger, options }: Row): string | null {
	if (trigger !== 'event' || !isRecord(options)) return null;
	const { collections } = options;
	const [only] = Array.isArray(collections) ? collections : [];
	return Array.isArray(collections) && collections.length === 1 && typeof only === 'string' ? only : null;
}

const readBy = ({ type, options }: Row): string | null =>
	type === 'item-read' && isRecord(options) && typeof options['collection'] === 'string' ? options['collection'] : null;

/** Options of an operation, with the names of fields in what they read of earlier steps. */
export function movedFlowData(options: unknown, data: FlowData, rewriting: Rewriting): unknown {
	const { move } = rewriting;
	if (typeof options === 'string') {
		const paths = options.replaceAll(
			/\{\{([^{}]*)\}\}/g,
			(_, inside: string) => `{{${movedData(inside, data, rewriting)}}}`,
		);
		// The event of a trigger: `articles.items.create`.
		const isEvent = move.kind === 'collections' && paths.startsWith(`${move.from}.items.`);
		return isEvent ? move.to + paths.slice(move.from.length) : paths;
	}
	if (Array.isArray(options)) return options.map((entry) => movedFlowData(entry, data, rewriting));
	if (!isRecord(options)) return options;
	return Object.fromEntries(
		Object.entries(options).map(([key, value]) => {
			const after = movedFlowData(value, data, rewriting);
			if (key === '$trigger' && isRecord(after) && 'payload' in after)
				return [key, { ...after, payload: movedFilter(after['payload'], data.get(TRIGGER) ?? null, rewriting) }];
			const root = key === TRIGGER ? undefined : data.get(key);
			return [key, root === undefined || !isRecord(after) ? after : movedFilter(after, root, rewriting)];
		}),
	);
}

/** ` $trigger.payload.author.name `, with whatever is around it. */
function movedData(inside: string, data: FlowData, rewriting: Rewriting): string {
	const match = /^(\s*)(\$trigger\.payload|\$last|[\w$-]+)((?:\[\d+\]|\.\d+)*)\.([^\s|]+)(.*)$/s.exec(inside);
	const [, before = '', start = '', place = '', path = '', after = ''] = match ?? [];
	const root = data.get(start);
	return root === undefined ? inside : `${before}${start}${place}.${movedDeep(path, root, rewriting)}${after}`;
}

/** A path with places in lists, `tags[0].label` or `tags.0.label`, which lead to the same collection. */
function movedDeep(path: string, root: string, rewriting: Rewriting): string {
	const parts = path.split(/(\[\d+\]|\.\d+(?=\.|$))/);
	const names = (part: string) => part.split('.').filter((name) => name !== '');
	const isPlace = (index: number) => index % 2 === 1;
	const all = parts.flatMap((part, index) => (isPlace(index) ? [] : names(part)));
	const moved = movedPath(all.join('.'), root, rewriting).split('.');
	return parts
		.map((part, index) => {
			if (isPlace(index)) return part;
			const dot = part.startsWith('.') ? '.' : '';
			return dot + moved.splice(0, names(part).length).join('.');
		})
		.join('');
}
