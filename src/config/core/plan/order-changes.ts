import { columnOf } from './diff-values.js';
import { dependenciesOf, type Dependency, type Sides } from './dependencies.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';

/** The order among steps that do not depend on each other. */
const RANK: readonly Change['kind'][] = [
	'collections',
	'fields',
	'relations',
	'folders',
	'translations',
	'roles',
	'policies',
	'settings',
	'flows',
	'operations',
	'permissions',
	'dashboards',
	'panels',
	'presets',
	'extensions',
];

/**
 * The steps in an order in which each can be applied: what is created before what refers to it, what goes after what
 * referred to it, one thing's place left before another takes it, the schema before what names it. Among steps that do
 * not care, the order is that of their kinds and of the bundle.
 *
 * Where elements need each other, one that can do without its reference at first gets it in a second step, which
 * `completes` the first. Takes time in proportion to the steps and their references.
 * @param changes one per element, without what is kept
 * @param first steps that make room which others take, such as an active flow's, where there is a limit
 */
export function orderChanges(
	changes: readonly Change[],
	sides: Sides,
	first: { free: ReadonlySet<Change>; take: ReadonlySet<Change> } = { free: new Set(), take: new Set() },
): { changes: Change[]; issues: ConfigIssue[] } {
	const dependencies = dependenciesOf(changes, sides);
	const open: Open = new Map();
	// A new flow and its first operation always need each other; to see that here saves a search.
	for (const { owner, column } of dependencies) {
		if (owner.kind === 'flows' && owner.action === 'create' && column === 'operation') leaveOpen(open, owner, column);
	}
	const given: Given = { open, unbreakable: new Set(), ungranted: new Set() };
	for (;;) {
		const { order, cycles } = sort(graphOf(changes, dependencies, given, first));
		if (cycles.length === 0)
			return { changes: told(order), issues: [...given.unbreakable].filter(isNeeded).map(cycleIssue) };
		breakCycles(cycles, given);
	}
}

/** Columns that are left open at first. */
type Open = Map<Change, Set<string>>;

/** A step as it is applied: a change, or one of the two halves of it. */
interface Node {
	/** null: nothing is done here, others only wait for it. */
	change: Change | null;
	rank: number;
	waits: Edge[];
}

interface Edge {
	for: Node;
	/** null where one half waits for the other, or it is only wished for. */
	dependency: Dependency | null;
	/** Who would rather come first, for the sake of room. */
	wish?: Change;
}

/** What was given up so that the steps can be put in order. */
interface Given {
	open: Open;
	unbreakable: Set<Dependency>;
	ungranted: Set<Change>;
}

function leaveOpen(open: Open, owner: Change, column: string): void {
	open.set(owner, (open.get(owner) ?? new Set()).add(column));
}

function graphOf(
	changes: readonly Change[],
	dependencies: Dependency[],
	{ open, unbreakable, ungranted }: Given,
	first: { free: ReadonlySet<Change>; take: ReadonlySet<Change> },
): Node[] {
	const starts = new Map<Change, Node>();
	const ends = new Map<Change, Node>();
	const nodes: Node[] = [];
	const room: Node = { change: null, rank: 0, waits: [] };
	for (const change of changes) {
		const [begin, end] = halves(change, open.get(change) ?? new Set());
		const node: Node = { change: begin, rank: rankOf(change, false), waits: [] };
		starts.set(change, node);
		ends.set(change, node);
		nodes.push(node);
		if (end) {
			const completing: Node = { change: end, rank: rankOf(change, true), waits: [{ for: node, dependency: null }] };
			ends.set(change, completing);
			nodes.push(completing);
		}
		const wished = first.free.has(change) && !ungranted.has(change);
		if (wished) room.waits.push({ for: node, dependency: null, wish: change });
		if (first.take.has(change)) node.waits.push({ for: room, dependency: null });
	}
	for (const dependency of dependencies) {
		if (unbreakable.has(dependency)) continue;
		const { earlier, later, owner, column } = dependency;
		const isOpen = column !== null && open.get(owner)?.has(column) === true;
		// The half that sets a reference waits for what it names; the half that lets go of one is the first, or the deletion.
		const waiting =
			later === owner ? (isOpen || later.action === 'delete' ? ends : starts).get(later) : ends.get(later);
		const awaited =
			earlier.action === 'delete' && !(owner === earlier && isOpen) ? ends.get(earlier) : starts.get(earlier);
		if (waiting && awaited) waiting.waits.push({ for: awaited, dependency });
	}
	return nodes.sort((a, b) => a.rank - b.rank);
}

function rankOf({ kind, action }: Change, completes: boolean): number {
	const place = RANK.indexOf(kind);
	if (action === 'delete' && !completes) return 2 * RANK.length + 2 * (RANK.length - place);
	if (action === 'delete') return 2 * RANK.length + 2 * (RANK.length - place) + 1;
	return 2 * (completes && kind === 'flows' ? RANK.indexOf('operations') : place) + Number(completes);
}

/** A change in one step, or in two where columns are left open at first. */
function halves(change: Change, open: ReadonlySet<string>): [Change | null, Change | null] {
	if (open.size === 0) return [change, null];
	const isOpen = ({ field }: { field: string }) => open.has(columnOf(field));
	if (change.action === 'delete') {
		const fields = change.fields.filter(isOpen).map(({ field, from }) => ({ field, from, to: null }));
		return [
			{ ...change, action: 'update', fields, risk: [], impact: [] },
			{ ...change, completes: true },
		];
	}
	const later = change.fields.filter(isOpen);
	const atOnce = change.fields.filter((field) => !isOpen(field));
	if (change.action === 'create') {
		return [
			{ ...change, fields: atOnce },
			{ ...change, action: 'update', fields: later, risk: [], impact: [], completes: true },
		];
	}
	// A row that another one waits for lets go of what it has; a path into JSON is no such place.
	const freed = later.filter(({ field, from }) => field === columnOf(field) && from !== null);
	const begin = [...atOnce, ...freed.map(({ field, from }) => ({ field, from, to: null }))];
	const end = later.map((field) => (freed.includes(field) ? { ...field, from: null } : field));
	if (begin.length === 0) return [null, { ...change, fields: end }];
	return [
		{ ...change, fields: begin },
		{ ...change, fields: end, risk: [], impact: [], completes: true },
	];
}

/** Depth first, in the order given; the edges of each circle that was met. */
function sort(nodes: Node[]): { order: Node[]; cycles: Edge[][] } {
	const order: Node[] = [];
	const cycles: Edge[][] = [];
	const state = new Map<Node, 'open' | 'done'>();
	for (const start of nodes) {
		if (state.has(start)) continue;
		/** Nodes that wait for the next one, and the edge that leads there. */
		const stack: { node: Node; next: number; via: Edge | null }[] = [{ node: start, next: 0, via: null }];
		state.set(start, 'open');
		for (let top = stack.at(-1); top; top = stack.at(-1)) {
			const edge = top.node.waits[top.next++];
			if (!edge) {
				state.set(top.node, 'done');
				order.push(top.node);
				stack.pop();
			} else if (!state.has(edge.for)) {
				state.set(edge.for, 'open');
				stack.push({ node: edge.for, next: 0, via: edge });
			} else if (state.get(edge.for) === 'open') {
				const cycle = [edge];
				for (let index = stack.length - 1; stack[index]?.node !== edge.for; index--) {
					const via = stack[index]?.via;
					if (via) cycle.push(via);
				}
				cycles.push(cycle);
			}
		}
	}
	return { order, cycles };
}

/** Which reference of a circle is set last: the one whose element is the least without it. */
const WEAKNESS = ['flows.operation', 'operations.reject', 'operations.resolve'];

function breakCycles(cycles: Edge[][], { open, unbreakable, ungranted }: Given): void {
	const broken = new Set<Dependency>();
	const opened: Open = new Map();
	const weakness = ({ owner, column }: Dependency) => {
		const place = WEAKNESS.indexOf(`${owner.kind}.${column}`);
		return (place < 0 ? WEAKNESS.length : place) + (owner.action === 'delete' ? 10 : 0);
	};
	for (const cycle of cycles) {
		const wish = cycle.find((edge) => edge.wish)?.wish;
		if (wish) {
			ungranted.add(wish);
			continue;
		}
		const dependencies = cycle.flatMap(({ dependency }) => (dependency ? [dependency] : []));
		const isOpened = ({ owner, column }: Dependency) => column !== null && opened.get(owner)?.has(column) === true;
		// Another circle may have been broken at an edge of this one already.
		if (dependencies.some((entry) => broken.has(entry) || isOpened(entry))) continue;
		const [weakest] = dependencies
			.filter(({ owner, column }) => column !== null && !open.get(owner)?.has(column))
			.sort((a, b) => weakness(a) - weakness(b));
		if (weakest?.column != null) leaveOpen(opened, weakest.owner, weakest.column);
		else if (dependencies[0]) {
			broken.add(dependencies[0]);
			unbreakable.add(dependencies[0]);
		}
	}
	for (const [change, columns] of opened) for (const column of columns) leaveOpen(open, change, column);
}

/** The steps, each with the reasons why it stands where it stands. */
function told(order: Node[]): Change[] {
	return order.flatMap(({ change, waits }) => {
		if (!change) return [];
		const after = new Map<string, { step: string; because: string }>();
		for (const { for: node, dependency } of waits) {
			if (!node.change || !dependency) continue;
			const reason = { step: stepOf(node.change), because: dependency.field };
			if (reason.step !== stepOf(change) || change.kind === 'fields')
				after.set(`${reason.step} ${reason.because}`, reason);
		}
		return [{ ...change, after: [...after.values()] }];
	});
}

/** Translations that take each other's keys may have the same one for a moment: no database minds. */
const isNeeded = ({ earlier, later }: Dependency): boolean =>
	earlier.kind !== 'translations' || later.kind !== 'translations';

const cycleIssue = ({ earlier, later, field }: Dependency): ConfigIssue => ({
	file: null,
	path: stepOf(later),
	code: 'cycle',
	message: `${later.kind} "${later.name}" and ${earlier.kind} "${earlier.name}" each need the other to be changed first, because of ${field}`,
	suggestion: 'make the change in two pushes: the first one gives one of them another value for the time being',
});
