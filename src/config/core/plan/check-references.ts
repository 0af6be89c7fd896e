import { nearestName } from '../../../kernel/core/near-miss.js';
import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind } from '../../../contract/bundle.js';
import { isInJson, referencesOf, type NamedElement } from '../elements/element-values.js';
import { escapePointer } from '../../../kernel/core/json-pointer.js';
import { isUuid } from '../elements/json-references.js';
import { FIXED_SYNC_IDS, kinds } from '../elements/kinds.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** An element that a bundle refers to but does not have: it has to be known on the target. */
export interface Need {
	kind: ElementKind;
	syncId: string;
	/** Where it is referred to: `kind:syncId` and a JSON pointer below it. */
	by: string[];
}

/** Past these, looking for what may have been meant takes longer than it helps. */
const SUGGESTIONS = 20;

const fixed = new Set<string>(Object.values(FIXED_SYNC_IDS));

/**
 * Whether everything that elements refer to is there.
 * Of a kind that is not in the bundle, and of the fixed SyncIDs, that is for the target to say. A trigger operation may
 * name a flow that has long been deleted: Directus does not mind, so that it is a warning where it looks like an id.
 * @param incomplete kinds of which elements are missing for another reason, said already
 */
export function checkReferences(
	elements: Bundle['elements'],
	incomplete: ReadonlySet<ElementKind>,
): { issues: ConfigIssue[]; warnings: ConfigIssue[]; needs: Need[] } {
	const issues: ConfigIssue[] = [];
	const warnings: ConfigIssue[] = [];
	const needs = new Map<string, Need>();
	const known = new Map(ELEMENT_KINDS.map((kind) => [kind, new Set(elements[kind]?.map(({ _syncId }) => _syncId))]));
	for (const kind of ELEMENT_KINDS) {
		for (const element of elements[kind] ?? []) {
			for (const reference of referencesOf(kind, element)) {
				if (known.get(reference.kind)?.has(reference.id) || incomplete.has(reference.kind)) continue;
				const by = `${kind}:${element._syncId}${reference.path.map((step) => `/${escapePointer(step)}`).join('')}`;
				if (!elements[reference.kind] || fixed.has(reference.id)) {
					const name = `${reference.kind}:${reference.id}`;
					const need = needs.get(name) ?? { kind: reference.kind, syncId: reference.id, by: [] };
					need.by.push(by);
					needs.set(name, need);
					continue;
				}
				const harmless = isInJson(reference) && isUuid(reference.id);
				(harmless ? warnings : issues).push({
					file: null,
					path: by,
					code: 'unresolved_reference',
					message: `"${reference.path.join('.')}" of ${kind} "${kinds[kind].nameOf(element)}" names ${reference.kind} ${reference.id}, which the bundle does not have`,
					suggestion: issues.length > SUGGESTIONS ? undefined : suggest(reference, elements[reference.kind] ?? []),
				});
			}
		}
	}
	issues.push(...competing(elements));
	return { issues, warnings, needs: [...needs.values()] };
}

/** What may have been meant: the element that is called like this, or whose SyncID is almost the same. */
function suggest({ id }: NamedElement, candidates: readonly Element[]): string | undefined {
	const namesake = candidates.find(({ name }) => typeof name === 'string' && name.toLowerCase() === id.toLowerCase());
	if (namesake) return `"${namesake._syncId}" is the SyncID of ${id}`;
	const nearest = nearestName(
		id,
		candidates.map(({ _syncId }) => _syncId),
	);
	return nearest === undefined ? undefined : `"${nearest}"?`;
}

/** Two operations cannot lead to the same one by the same way, nor two flows begin with the same: columns are unique. */
function competing(elements: Bundle['elements']): ConfigIssue[] {
	const issues: ConfigIssue[] = [];
	for (const [kind, field] of [
		['operations', 'resolve'],
		['operations', 'reject'],
		['flows', 'operation'],
	] as const) {
		const first = new Map<unknown, Element>();
		for (const element of elements[kind] ?? []) {
			const target = element[field];
			if (target === null || target === undefined) continue;
			const other = first.get(target);
			if (!other) first.set(target, element);
			else {
				issues.push({
					file: null,
					path: `${kind}:${element._syncId}/${field}`,
					code: 'competing_reference',
					message: `"${kinds[kind].nameOf(element)}" and "${kinds[kind].nameOf(other)}" (${other._syncId}) both have operations ${String(target)} as "${field}"; Directus allows one`,
				});
			}
		}
	}
	return issues;
}
