import { distance } from 'fastest-levenshtein';
import { lockOutIssues } from './admin-guard.js';
import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind } from '../../../contract/bundle.js';
import { targetIssues } from './check-target.js';
import { consentIssues } from './consent.js';
import type { ConfigState } from '../elements/config-state.js';
import type { Sides } from './dependencies.js';
import { diffElement, goneValues, newValues } from './diff-values.js';
import { asWrittenHere } from '../elements/element-values.js';
import { fullName, namesFor } from '../elements/element-names.js';
import { extensionChanges } from '../elements/extension-states.js';
import { fingerprintOf } from './fingerprint.js';
import { idLookup } from '../elements/id-lookup.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import { flowsThatCount, limitIssues, seatWarnings } from './limits.js';
import { unchosenMoves } from '../moves/move-names.js';
import { matchElements, type Match } from '../elements/match-elements.js';
import { orderChanges } from './order-changes.js';
import { asReadAfter } from './read-after.js';
import type { PlanInput, PlanOptions } from './plan-options.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';
import { columnSides } from '../schema/portable-schema.js';
import { goesWith, withRisks } from './risks.js';
import { schemaChanges } from '../schema/schema-changes.js';
import { keepSecrets } from '../secrets/secret-references.js';
import { isNamed, selectChanges, startersOf } from './select-changes.js';
import { wantedHere } from '../elements/wanted-here.js';

export interface PlanResult {
	plan: Plan;
	/** What forbids to apply it. */
	issues: ConfigIssue[];
	/** What does not, but should be known. */
	warnings: ConfigIssue[];
	/** What the target has, under the SyncIDs that the plan has for it. */
	current: Bundle;
	/** The bundle in the target's words: this is what is applied. */
	wanted: Bundle;
}

/**
 * What the target would have to do to become what the bundle says: which steps, in which order, with which risks, and
 * what stands in their way. A kind that the bundle has no entry for is left alone.
 */
export function planConfig(given: PlanInput): PlanResult {
	const { state, options } = given;
	const asked = { ...given, wanted: wantedHere(given.wanted, given.current) };
	const match = matchElements(asked);
	const secrets = keepSecrets(asked.wanted, match.current);
	const input = { ...asked, wanted: secrets.bundle };
	const wanted = inOwnWords(input.wanted, match);
	const sides: Sides = { before: byStep(match.current), after: byStep(wanted) };
	const find = (step: string) => sides.after.get(step) ?? sides.before.get(step);
	const drafts = finalDrafts({ ...input, wanted, match }, find);
	const active = drafts.changes.filter(({ kept }) => !kept);
	const { start, stop } = flowsThatCount(active, sides);
	const room = state.limits.flows.limit === null ? undefined : { free: new Set(stop), take: new Set(start) };
	const deleted = new Set(active.filter(({ action }) => action === 'delete').map(stepOf));
	const context = {
		sides,
		facts: options.facts ?? {},
		goesWith: goesWith(match.current, deleted),
		columnOf: columnSides(match.current.schema, input.wanted.schema),
	};
	const ordered = orderChanges(active, sides, room);
	const kept = drafts.changes.filter((change) => change.kept);
	const isThere = (step: string) =>
		options.moves?.some((move) => stepOf(move) === step) ||
		sides.before.has(step) ||
		sides.after.has(step) ||
		kept.some((change) => stepOf(change) === step);
	const selected = options.select
		? selectChanges(ordered.changes, options.select, { exists: isThere, needs: startersOf(active, sides) })
		: { changes: ordered.changes, issues: [] };
	const main = (change: Change) => !change.completes && !isNulling(change, deleted);
	const moves = options.moves ?? [];
	const later = [...selected.changes, ...(options.select ? [] : kept)].map((change) =>
		main(change) || change.action === 'delete' ? withRisks(change, context) : change,
	);
	const changes = [...moves, ...later];
	const steps = later.filter((change) => !change.kept);
	const target = targetIssues({
		steps,
		current: match.current,
		wanted,
		given: given.wanted.schema,
		facts: options.facts ?? {},
		isHere: (kind, syncId) => sides.before.has(`${kind}:${syncId}`) || match.localIds.get(kind)?.has(syncId) === true,
	});
	const adminRole = state.adminRole === null ? null : syncIdOf(match, 'roles', state.adminRole);
	return {
		plan: {
			version: 1,
			fingerprint: fingerprintOf(state, given.wanted),
			changes,
			adoptions: adoptionsFor(match, steps, sides, options),
			names: namesFor(changes, find),
			summary: summaryOf(changes, deleted, drafts.none),
		},
		issues: [
			...match.issues,
			...secrets.issues,
			...drafts.issues,
			...unchosenMoves(moves, (move) => isNamed(options, move)),
			...ordered.issues,
			...selected.issues,
			...target.issues,
			...lockOutIssues(steps, sides, adminRole),
			...limitIssues(steps, sides, state),
			...(options.consent ? consentIssues([...moves, ...steps], match.current, options.consent) : []),
		],
		current: match.current,
		wanted: input.wanted,
		warnings: [
			...drafts.warnings,
			...target.warnings,
			...seatWarnings(steps, sides, state.limits, options.facts ?? {}),
		],
	};
}

/** Ids of this instance that a file has within JSON are the elements that they are of. */
function inOwnWords(wanted: Bundle, match: Match): Bundle {
	const known = Array.from(match.localIds, ([kind, ids]) => [
		kind,
		Array.from(ids, ([syncId, localId]) => ({ syncId, localId })),
	]);
	return asWrittenHere(wanted, idLookup(Object.fromEntries(known)));
}

const syncIdOf = (match: Match, kind: ElementKind, localId: string): string | null =>
	[...(match.localIds.get(kind) ?? [])].find(([, id]) => id === localId)?.[0] ?? null;

function byStep({ elements }: Bundle): Map<string, Element> {
	return new Map(
		ELEMENT_KINDS.flatMap((kind) =>
			(elements[kind] ?? []).map((element) => [`${kind}:${element._syncId}`, element] as const),
		),
	);
}

interface Drafts {
	changes: Change[];
	none: number;
	issues: ConfigIssue[];
	warnings: ConfigIssue[];
}

type Find = (step: string) => Element | undefined;

/** Made twice where elements come or go: then some ids within JSON mean something else than they did. */
function finalDrafts(input: PlanInput & { match: Match }, find: Find): Drafts {
	const drafts = draftChanges(input, find);
	const { match, options } = input;
	const after = asReadAfter(match.current, drafts.changes, match.localIds, options.preserve_ids ?? []);
	return after === null ? drafts : draftChanges({ ...input, match: { ...match, current: after } }, find);
}

function draftChanges({ state, wanted, options, match }: PlanInput & { match: Match }, find: Find): Drafts {
	const drafts: Drafts = { changes: [], none: 0, issues: [], warnings: [] };
	const schema =
		wanted.schema && match.current.schema ? schemaChanges(match.current.schema, wanted.schema, options) : null;
	if (schema) {
		drafts.changes.push(...schema.changes);
		drafts.none += schema.none;
	}
	const extensions = extensionChanges(state, wanted.extensions ?? []);
	drafts.changes.push(...extensions.changes);
	drafts.none += extensions.none;
	drafts.warnings.push(...extensions.warnings);
	for (const kind of ELEMENT_KINDS) {
		const list = wanted.elements[kind];
		if (!list) continue;
		const present = match.current.elements[kind] ?? [];
		const before = new Map(present.map((element) => [element._syncId, element]));
		const after = new Set(list.map(({ _syncId }) => _syncId));
		const known = knownFields(kind, state, present, wanted);
		const strange = new Map<string, Element[]>();
		for (const element of list) {
			const current = before.get(element._syncId);
			const { fields, unknown } = current
				? diffElement(kind, current, element, known)
				: newValues(kind, element, known);
			for (const field of unknown) strange.set(field, [...(strange.get(field) ?? []), element]);
			if (current && fields.length === 0) drafts.none++;
			else drafts.changes.push({ ...draft(kind, element, match, find), action: current ? 'update' : 'create', fields });
		}
		for (const [field, elements] of strange) unknownField({ kind, field, elements, known }, state, wanted, drafts);
		if (kinds[kind].singleton) continue;
		for (const element of present) {
			if (after.has(element._syncId)) continue;
			const untracked = match.untracked.has(`${kind}:${element._syncId}`);
			drafts.changes.push({
				...draft(kind, element, match, find),
				action: 'delete',
				fields: goneValues(kind, element),
				risk: untracked ? ['untracked'] : [],
				kept:
					options.additive === true ||
					(untracked && options.mirror !== true && !isChosen(options, kind, element._syncId)),
			});
		}
	}
	return drafts;
}

/** Whether this very element was named; that is as good as asking for everything. */
const isChosen = ({ select }: PlanOptions, kind: string, id: string): boolean =>
	select?.elements?.includes(`${kind}:${id}`) === true;

/** What the target can store for a kind, what this plan's own schema adds to it included. */
function knownFields(kind: ElementKind, state: ConfigState, present: Element[], wanted: Bundle): Set<string> {
	const known = new Set([...state.columns[kind], ...present.flatMap((element) => Object.keys(element))]);
	if (kind === 'policies') known.add('roles');
	for (const { collection, field } of wanted.schema?.fields ?? [])
		if (collection === kinds[kind].table) known.add(field);
	return known;
}

/**
 * A field that this Directus does not have can never be written. Of another version of Directus that is to be expected;
 * of the same one it is a mistake.
 */
function unknownField(
	{
		kind,
		field,
		elements,
		known,
	}: { kind: ElementKind; field: string; elements: Element[]; known: ReadonlySet<string> },
	state: ConfigState,
	wanted: Bundle,
	drafts: Drafts,
): void {
	const near = [...known].find((name) => distance(name, field) <= 2);
	const isMistake = wanted.directus === state.directus;
	(isMistake ? drafts.issues : drafts.warnings).push({
		file: null,
		path: `${kind}:${elements[0]?._syncId ?? ''}`,
		code: 'unknown_field',
		message:
			`${kind} have no field "${field}" on this instance (Directus ${state.directus})${isMistake ? '' : '; it is left out'}: ` +
			`${elements.length === 1 ? '' : `${elements.length} of them have it in the bundle, such as `}"${elements[0] ? kinds[kind].nameOf(elements[0]) : ''}"`,
		...(near && isMistake ? { suggestion: `did you mean "${near}"?` } : {}),
	});
}

const draft = (kind: ElementKind, element: Element, match: Match, find: Find): Omit<Change, 'action' | 'fields'> => ({
	kind,
	sync_id: element._syncId,
	name: fullName(kind, element, find),
	risk: [],
	local_id: match.localIds.get(kind)?.get(element._syncId) ?? null,
	after: [],
	completes: false,
	kept: false,
	impact: [],
});

/** The first half of a deletion: it empties references, which other deletions wait for. */
const isNulling = (change: Change, deleted: ReadonlySet<string>): boolean =>
	change.action === 'update' && isElementKind(change.kind) && deleted.has(stepOf(change));

/** Elements once each, whatever number of steps they take. */
function summaryOf(changes: readonly Change[], deleted: ReadonlySet<string>, none: number): Plan['summary'] {
	const summary: Plan['summary'] = { create: 0, update: 0, delete: 0, none, kept: 0 };
	for (const change of changes) {
		if (change.kept) summary.kept++;
		else if (change.action === 'move') summary.move = (summary.move ?? 0) + 1;
		else if (change.action === 'delete') summary.delete++;
		else if (!change.completes && !isNulling(change, deleted)) summary[change.action]++;
	}
	return summary;
}

/** All adoptions, or those that the chosen part of a plan is about. */
function adoptionsFor(
	{ adoptions }: Match,
	steps: readonly Change[],
	{ after }: Sides,
	options: PlanOptions,
): Plan['adoptions'] {
	if (!options.select) return adoptions;
	const chosen = new Set<string>(options.select.elements ?? []);
	for (const step of steps) chosen.add(stepOf(step));
	const named = JSON.stringify([...chosen].map((step) => after.get(step)));
	return adoptions.filter(
		({ kind, sync_id }) =>
			chosen.has(`${kind}:${sync_id}`) ||
			options.select?.kinds?.includes(kind) ||
			named.includes(JSON.stringify(sync_id)),
	);
}
