import { ELEMENT_KINDS, type Bundle, type ElementKind } from '../../../contract/bundle.js';
import type { ConfigState } from '../elements/config-state.js';
import { part } from '../schema/schema-vendors.js';
import { flowDataOf, movedFlowData, type FlowData } from './move-flow-data.js';
import { renamed, type Move } from './move-names.js';
import { leadsOf, movedCollections, movedFilter, movedOptions, movedPath, type Rewriting } from './move-paths.js';
import { movedTarget } from './move-rules.js';
import { movedSnapshot } from './move-snapshot.js';

type Values = Record<string, unknown>;

/** An instance as it is after moves: its schema, and every element that names what got another name. */
export function movedState(state: ConfigState, moves: readonly Move[]): ConfigState {
	let now = state;
	for (const move of moves) {
		const rewriting = { move, leads: leadsOf(now.snapshot) };
		const data = flowDataOf(now.rows.flows, now.rows.operations, 'id');
		const rows = Object.fromEntries(
			ELEMENT_KINDS.map((kind) => [
				kind,
				now.rows[kind].map((row) => movedElement(kind, row, rewriting, data.get(row['id']))),
			]),
		) as ConfigState['rows'];
		now = { ...now, rows, snapshot: movedSnapshot(now.snapshot, move) };
		if (now.targets) now = { ...now, targets: now.targets.map((target) => movedTarget(target, rewriting)) };
	}
	return now;
}

/** The same of a bundle that has its schema. */
export function movedBundle(bundle: Bundle, moves: readonly Move[]): Bundle {
	let now = bundle;
	for (const move of moves) {
		const { schema } = now;
		const rewriting = { move, leads: leadsOf(schema ?? { relations: [] }) };
		const data = flowDataOf(now.elements.flows ?? [], now.elements.operations ?? [], '_syncId');
		const elements: Bundle['elements'] = {};
		for (const kind of ELEMENT_KINDS) {
			const list = now.elements[kind];
			if (list)
				elements[kind] = list.map((element) => movedElement(kind, element, rewriting, data.get(element._syncId)));
		}
		now = { ...now, elements, schema: schema && movedSnapshot(schema, move) };
	}
	return now;
}

/**
 * An element with its references to what is renamed; the same one where it has none.
 * @param data of an operation: what it reads of the steps before it
 */
export function movedElement<Row extends Values>(
	kind: ElementKind,
	row: Row,
	rewriting: Rewriting,
	data: FlowData = NO_DATA,
): Row {
	const after = rewritten(kind, row, rewriting, data);
	return JSON.stringify(after) === JSON.stringify(row) ? row : after;
}

const NO_DATA: FlowData = new Map();

function rewritten<Row extends Values>(kind: ElementKind, row: Row, rewriting: Rewriting, data: FlowData): Row {
	const { move } = rewriting;
	const at = (value: unknown) => (typeof value === 'string' ? value : null);
	const collection = (value: unknown) => (typeof value === 'string' ? renamed(value, move) : value);
	const set = (values: Values): Row => {
		const known = Object.entries(values).filter(([key]) => key in row && row[key] !== null && row[key] !== undefined);
		return { ...row, ...Object.fromEntries(known) };
	};
	const root = at(row['collection']);
	const filter = (value: unknown) => movedFilter(value, root, rewriting);
	if (kind === 'permissions') {
		const { fields } = row;
		return set({
			collection: collection(row['collection']),
			fields: Array.isArray(fields) ? fields.map((name) => movedPath(String(name), root, rewriting)) : fields,
			permissions: filter(row['permissions']),
			validation: filter(row['validation']),
			presets: filter(row['presets']),
		});
	}
	if (kind === 'presets')
		return set({
			collection: collection(row['collection']),
			filter: filter(row['filter']),
			layout_query: movedOptions(row['layout_query'], root, rewriting),
			layout_options: movedOptions(row['layout_options'], root, rewriting),
		});
	if (kind === 'flows') return set({ options: movedCollections(row['options'], move) });
	if (kind === 'panels' || kind === 'operations') {
		const options = part(row['options']);
		const named = at(options['collection']);
		const fields = named === null ? options : part(movedOptions(options, named, rewriting));
		const own = kind === 'operations' ? part(movedFlowData(fields, data, rewriting)) : fields;
		return set({ options: movedCollections({ ...own, ...(named === null ? {} : { collection: named }) }, move) });
	}
	if (kind === 'settings')
		return set({
			module_bar: movedCollections(row['module_bar'], move),
			mcp_prompts_collection: collection(row['mcp_prompts_collection']),
		});
	return row;
}
