import { canonical } from '../../../kernel/core/same-value.js';
import { recordedIds } from './bundle-of.js';
import type { Bundle, Element, ElementKind } from '../../../contract/bundle.js';
import type { KnownId } from './config-state.js';
import { isConfiguration, kinds } from './kinds.js';
import type { PlanInput } from '../plan/plan-options.js';
import type { Adoption, ConfigIssue } from '../../../contract/plan.js';
import { renameElements, renameIds, type Renamed } from './rename-ids.js';

export interface Match {
	/** The target's elements, under the SyncIDs that the bundle has for them. */
	current: Bundle;
	adoptions: Adoption[];
	/** The key of each of the target's elements, by kind and SyncID. */
	localIds: Map<ElementKind, Map<string, string>>;
	/** Elements of the target that nothing recorded, and that are none of the bundle's: `kind:syncId`. */
	untracked: Set<string>;
	issues: ConfigIssue[];
}

/** What an element's natural key refers to is matched before it. */
const MATCHED_IN_ORDER: readonly ElementKind[] = [
	'settings',
	'folders',
	'translations',
	'roles',
	'policies',
	'flows',
	'operations',
	'dashboards',
	'panels',
	'permissions',
	'presets',
];

/**
 * Finds out which elements of the target are which of the bundle: by the SyncID that was recorded, by their key, by the
 * role of a default, and by natural key where that is certain. What is uncertain is asked, never guessed.
 */
export function matchElements({ state, current, newIds, wanted, options }: PlanInput): Match {
	const match: Match = { current, adoptions: [], localIds: new Map(), untracked: new Set(), issues: [] };
	/** SyncIDs of the target's elements that the bundle has under another one. */
	const renamed: Renamed = new Map();
	const original: Partial<Record<ElementKind, KnownId[]>> = {};
	const recorded = recordedIds(state);
	const choices = new Map(Object.entries(options.choices ?? {}));
	for (const kind of MATCHED_IN_ORDER) {
		const present = current.elements[kind] ?? [];
		const tracked = new Map(recorded[kind].map(({ syncId, localId }) => [syncId, localId]));
		const localIds = new Map([
			...(newIds[kind] ?? []).map(({ syncId, localId }) => [syncId, localId] as const),
			...tracked,
		]);
		original[kind] = Array.from(localIds, ([syncId, localId]) => ({ syncId, localId }));
		const task: Task = { kind, wanted: [], candidates: [], tracked, localIds, renamed, match };
		const wantedHere = wanted.elements[kind] ?? [];
		const wantedIds = new Set(wantedHere.map(({ _syncId }) => _syncId));
		const presentIds = new Set(present.map(({ _syncId }) => _syncId));
		for (const { _syncId } of wantedHere) {
			const localId = localIds.get(_syncId);
			if (!presentIds.has(_syncId) || tracked.has(_syncId) || localId === undefined) continue;
			const by = _syncId.startsWith('_sync_default_') ? 'default' : 'id';
			match.adoptions.push({ kind, sync_id: _syncId, local_id: localId, by });
		}
		task.wanted = wantedHere.filter(({ _syncId }) => !presentIds.has(_syncId));
		task.candidates = present.filter(({ _syncId }) => !wantedIds.has(_syncId));
		if (task.wanted.length > 0) {
			takeChosen(task, choices);
			takeSameKey(task, options.preserve_ids ?? []);
			if (kinds[kind].singleton) takeSingleton(task);
			task.candidates = task.candidates.filter(({ _syncId }) => !tracked.has(_syncId));
			for (const level of levels(task)) takeNatural({ ...task, ...level });
		}
		match.localIds.set(
			kind,
			new Map([...localIds].map(([syncId, localId]) => [renamed.get(kind)?.get(syncId) ?? syncId, localId])),
		);
		for (const { _syncId } of present) {
			const isKnown = tracked.has(_syncId) || wantedIds.has(_syncId) || renamed.get(kind)?.has(_syncId);
			if (!isKnown) match.untracked.add(`${kind}:${_syncId}`);
		}
	}
	for (const [choice] of choices) {
		match.issues.push({
			file: null,
			path: choice,
			code: 'unknown_choice',
			message: `there is nothing to choose for ${choice}: the bundle has no such element, or it is clear already which one it is`,
		});
	}
	match.current = renameElements(current, original, renamed);
	return match;
}

interface Task {
	kind: ElementKind;
	/** Elements of the bundle that are still to be found. */
	wanted: Element[];
	/** Elements of the target without a match so far. */
	candidates: Element[];
	tracked: ReadonlyMap<string, string>;
	localIds: ReadonlyMap<string, string>;
	renamed: Renamed;
	match: Match;
}

function adopt(task: Task, wanted: Element, match: Element, by: string): void {
	const localId = task.localIds.get(match._syncId);
	if (localId === undefined) return;
	const renamed = task.renamed.get(task.kind) ?? new Map<string, string>();
	task.renamed.set(task.kind, renamed.set(match._syncId, wanted._syncId));
	task.match.adoptions.push({ kind: task.kind, sync_id: wanted._syncId, local_id: localId, by });
}

/** Takes pairs out of what is left to do. */
function settle(task: Task, find: (wanted: Element) => Element | 'new' | undefined, by: string): void {
	const taken = new Set<Element>();
	task.wanted = task.wanted.filter((element) => {
		const match = find(element);
		if (match === undefined || (match !== 'new' && taken.has(match))) return true;
		if (match !== 'new') {
			adopt(task, element, match, by);
			taken.add(match);
		}
		return false;
	});
	task.candidates = task.candidates.filter((element) => !taken.has(element));
}

function takeChosen(task: Task, choices: Map<string, string>): void {
	if (choices.size === 0) return;
	const byLocalId = new Map(task.candidates.map((element) => [task.localIds.get(element._syncId), element]));
	const find = ({ _syncId }: Element) => {
		const place = `${task.kind}:${_syncId}`;
		const choice = choices.get(place);
		if (choice === undefined) return undefined;
		choices.delete(place);
		if (choice === 'new') return choice;
		const match = byLocalId.get(choice);
		if (match) return match;
		task.match.issues.push({
			file: null,
			path: place,
			code: 'unknown_choice',
			message: `${place} cannot be ${choice}: there is no such element here, or it is another one of the bundle`,
		});
		return 'new';
	};
	settle(task, find, 'choice');
}

/** An element whose SyncID is the key of one here is that one; where keys are kept, even if it was recorded as another. */
function takeSameKey(task: Task, preserved: readonly ElementKind[]): void {
	const { idsPreserved } = kinds[task.kind];
	const keeps = idsPreserved === 'always' || (idsPreserved === 'optional' && preserved.includes(task.kind));
	const usable = task.candidates.filter(({ _syncId }) => keeps || !task.tracked.has(_syncId));
	const byLocalId = new Map(usable.map((element) => [task.localIds.get(element._syncId), element]));
	settle(task, ({ _syncId }) => byLocalId.get(_syncId), 'id');
}

function takeSingleton(task: Task): void {
	const [only] = task.candidates;
	settle(task, () => only, 'default');
}

/**
 * Both sides in the order in which their natural keys can be compared: a folder's contains its parent, which has to be
 * found first.
 */
function levels(task: Task): { wanted: Element[]; candidates: Element[] }[] {
	const { kind } = task;
	const { naturalKey, references } = kinds[kind];
	const parent = references.find((reference) => reference.kind === kind && naturalKey?.includes(reference.path))?.path;
	if (parent === undefined) return [{ wanted: task.wanted, candidates: task.candidates }];
	const groups: { wanted: Element[]; candidates: Element[] }[] = [];
	const at = (level: number) => (groups[level] ??= { wanted: [], candidates: [] });
	const put = (elements: Element[], all: Element[], side: 'wanted' | 'candidates') => {
		const depths = depthsOf(all, parent);
		for (const element of elements) at(depths.get(element._syncId) ?? 0)[side].push(element);
	};
	put(task.wanted, task.wanted, 'wanted');
	put(task.candidates, task.candidates, 'candidates');
	return Array.from(groups, (level) => level ?? { wanted: [], candidates: [] });
}

/** How many of these elements lie above each. */
function depthsOf(elements: Element[], parent: string): Map<string, number> {
	const parents = new Map(elements.map((element) => [element._syncId, element[parent]]));
	const depths = new Map<string, number>();
	for (const { _syncId } of elements) {
		const path: string[] = [];
		let id = _syncId;
		while (!depths.has(id) && parents.has(id)) {
			// Entered before it is known, so that folders that contain each other come to an end.
			depths.set(id, 0);
			path.push(id);
			id = String(parents.get(id) ?? '');
		}
		let depth = (depths.get(id) ?? -1) + 1;
		for (const step of path.reverse()) depths.set(step, depth++);
	}
	return depths;
}

function takeNatural(task: Task): void {
	const { naturalKey } = kinds[task.kind];
	const by = naturalKey?.join(', ') ?? 'content';
	const groups = Map.groupBy(task.wanted, (element) => keyOf(task, element, naturalKey ?? []));
	const candidates = Map.groupBy(task.candidates, (element) => keyOf(task, element, naturalKey ?? []));
	for (const [key, wanted] of groups) {
		const group: Task = { ...task, wanted, candidates: candidates.get(key) ?? [] };
		if (group.candidates.length === 0) continue;
		const [element, candidate] = [wanted[0], group.candidates[0]];
		if (element && candidate && wanted.length === 1 && group.candidates.length === 1) {
			adopt(task, element, candidate, by);
			continue;
		}
		takeIdentical(group, by);
		ask(group, by);
	}
}

/** What an element has in these fields, its references by the SyncIDs of the bundle. */
function keyOf({ kind, renamed }: Task, element: Element, fields: string[]): string {
	const { references } = kinds[kind];
	return canonical(
		fields.map((field) => {
			const value = element[field] ?? null;
			const names = renamed.get(references.find(({ path }) => path === field)?.kind ?? kind);
			return typeof value === 'string' && references.some(({ path }) => path === field)
				? (names?.get(value) ?? value)
				: value;
		}),
	);
}

/** Among elements with one natural key those that are the same in everything; as many here as there. */
function takeIdentical(task: Task, by: string): void {
	const mentioned = [...new Set(task.wanted.flatMap((element) => Object.keys(element)))].filter((field) =>
		isConfiguration(task.kind, field),
	);
	const renamed = new Map([...task.renamed.values()].flatMap((names) => [...names]));
	const content = (element: Element) => canonical(mentioned.map((field) => renameIds(element[field] ?? null, renamed)));
	const wanted = Map.groupBy(task.wanted, content);
	const candidates = Map.groupBy(task.candidates, content);
	const pairs = new Map<Element, Element>();
	for (const [same, elements] of wanted) {
		const others = candidates.get(same) ?? [];
		// Without a natural key nothing is uncertain about the ones that are left: they are new.
		if (others.length !== elements.length && kinds[task.kind].naturalKey) continue;
		for (const [index, element] of elements.entries()) {
			const other = others[index];
			if (other) pairs.set(element, other);
		}
	}
	settle(task, (element) => pairs.get(element), by);
	const [left, other] = [task.wanted[0], task.candidates[0]];
	if (left && other && task.wanted.length === 1 && task.candidates.length === 1 && kinds[task.kind].naturalKey) {
		settle(task, () => other, by);
	}
}

function ask({ kind, wanted, candidates, localIds, match }: Task, by: string): void {
	if (candidates.length === 0 || !kinds[kind].naturalKey) return;
	const known = candidates.map((element) => ({
		key: localIds.get(element._syncId) ?? '?',
		name: kinds[kind].nameOf(element),
	}));
	const named = known.map(({ key, name }) => `${key} (${name})`);
	for (const element of wanted) {
		match.issues.push({
			file: null,
			path: `${kind}:${element._syncId}`,
			code: 'ambiguous_match',
			message:
				`${kind} "${kinds[kind].nameOf(element)}" could be ${candidates.length === 1 ? 'the one here' : `any of ${candidates.length} here`} ` +
				`with the same ${by}: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ` and ${named.length - 5} more` : ''}` +
				(wanted.length > 1 ? `; ${wanted.length} of the bundle have it too` : ''),
			suggestion: `choose one, or create a new one: --choose ${kind}:${element._syncId}=${known.length === 1 ? known[0]?.key : '<key>'} or =new (in a request "choices")`,
			candidates: known,
		});
	}
}
