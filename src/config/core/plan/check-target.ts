import type { Bundle, ElementKind, Snapshot } from '../../../contract/bundle.js';
import { defaultsLeftOut, valuesInTheWay } from './check-values.js';
import { columnOf } from './diff-values.js';
import { isInJson, referencesOf } from '../elements/element-values.js';
import { ELEMENT_KINDS } from '../../../contract/config-kinds.js';
import { isElementKind } from '../elements/kinds.js';
import type { PlanFacts } from './plan-options.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { impossibleColumns } from './check-columns.js';
import { issue, type CheckResult } from './check-result.js';
import { part } from '../schema/schema-vendors.js';

export interface TargetCheck {
	/** Steps that would be made. */
	steps: readonly Change[];
	/** What the target has, and is to have, in its own words. */
	current: Bundle;
	wanted: Bundle;
	/** The wanted schema as it was given, in the words of the database that it was taken from. */
	given: Snapshot | null;
	facts: PlanFacts;
	/** Whether an element of this SyncID is on the target. */
	isHere: (kind: ElementKind, syncId: string) => boolean;
}

/**
 * What a database or Directus would refuse in the middle of a push, found before anything is written: names that lead
 * nowhere, columns that cannot be made, rows that do not fit.
 */
export function targetIssues(check: TargetCheck): { issues: ConfigIssue[]; warnings: ConfigIssue[] } {
	const issues: ConfigIssue[] = [];
	const warnings: ConfigIssue[] = [];
	missingElements(check, issues);
	if (check.current.schema && check.wanted.schema) {
		missingCollections(check, check.current.schema, check.wanted.schema, { issues, warnings });
		impossibleColumns(check, check.current.schema, check.wanted.schema, { issues, warnings });
		// One reason is enough: a change that is refused already is not checked for its values.
		const refused = new Set(issues.map(({ path }) => path));
		const inTheWay = valuesInTheWay(check.steps, check.wanted.schema, check.facts);
		issues.push(...inTheWay.filter(({ path }) => !refused.has(path)));
		warnings.push(...defaultsLeftOut(check.steps, check.wanted.schema, check.given));
	}
	return { issues, warnings };
}

/** Where a kind is pushed alone, what its elements name has to be on the target. */
function missingElements({ steps, wanted, isHere }: TargetCheck, issues: ConfigIssue[]): void {
	const after = new Map<string, Record<string, unknown>>();
	for (const kind of ELEMENT_KINDS)
		for (const element of wanted.elements[kind] ?? []) after.set(`${kind}:${element._syncId}`, element);
	const deleted = new Set(
		steps.filter(({ action }) => action === 'delete').map((step) => `${step.kind}:${step.sync_id}`),
	);
	const reported = new Set<string>();
	for (const { kind, sync_id, name, action, fields } of steps) {
		const element = after.get(`${kind}:${sync_id}`);
		if (action === 'delete' || !element || !isElementKind(kind)) continue;
		const columns = new Set(fields.map(({ field }) => columnOf(field)));
		for (const reference of referencesOf(kind, element)) {
			const place = `${reference.kind}:${reference.id}`;
			if (!columns.has(reference.path[0] ?? '') || isInJson(reference)) continue;
			if (after.has(place) || (isHere(reference.kind, reference.id) && !deleted.has(place))) continue;
			const at = `${kind}:${sync_id}/${reference.path.join('/')}`;
			if (reported.has(at)) continue;
			reported.add(at);
			issues.push(
				issue(
					at,
					'unknown_reference',
					`"${reference.path.join('.')}" of ${kind} "${name}" names ${reference.kind} ${reference.id}, which is neither in the bundle nor on this instance`,
					`push ${reference.kind} too`,
				),
			);
		}
	}
}

function missingCollections(
	{ steps, wanted: bundle }: TargetCheck,
	current: Snapshot,
	wanted: Snapshot,
	{ issues, warnings }: CheckResult,
): void {
	const dropped = new Set(
		steps.filter(({ kind, action }) => kind === 'collections' && action === 'delete').map(({ sync_id }) => sync_id),
	);
	const existing = new Set([...current.collections, ...wanted.collections].map(({ collection }) => collection));
	const isThere = (name: string) => name.startsWith('directus_') || (existing.has(name) && !dropped.has(name));
	const wantedOf = {
		collections: new Map(wanted.collections.map((entry) => [entry.collection, entry])),
		relations: new Map(wanted.relations.map((entry) => [`${entry.collection}.${entry.field}`, entry])),
	};
	const why = (name: string) => (dropped.has(name) ? 'which this push drops' : 'which is nowhere');
	for (const { kind, action, sync_id } of steps) {
		if (action === 'delete') continue;
		if (kind === 'collections') {
			const group = part(wantedOf.collections.get(sync_id)?.['meta'])['group'];
			if (typeof group === 'string' && !isThere(group))
				issues.push(
					issue(
						`collections:${sync_id}`,
						'unknown_collection',
						`"${sync_id}" is in the group "${group}", ${why(group)}`,
						`add the collection "${group}", or set meta.group to null`,
					),
				);
		}
		if (kind !== 'relations') continue;
		const relation = wantedOf.relations.get(sync_id);
		const related = relation?.['related_collection'];
		if (typeof related === 'string' && !isThere(related))
			issues.push(
				issue(
					`relations:${sync_id}`,
					'unknown_collection',
					`"${sync_id}" points to "${related}", ${why(related)}`,
					`add the collection "${related}", or delete the relation`,
				),
			);
		const allowed = part(relation?.['meta'])['one_allowed_collections'];
		const unknown = Array.isArray(allowed) ? allowed.filter((name) => !isThere(String(name))) : [];
		if (unknown.length > 0)
			warnings.push(
				issue(
					`relations:${sync_id}`,
					'unknown_collection',
					`"${sync_id}" may point to ${unknown.map((name) => `"${String(name)}"`).join(', ')}, which ${unknown.length === 1 ? 'is' : 'are'} nowhere`,
				),
			);
	}
	// A relation that stays while what it points to goes.
	for (const { collection, field, related_collection: related } of wanted.relations)
		if (
			typeof related === 'string' &&
			dropped.has(related) &&
			!issues.some(({ path }) => path === `relations:${collection}.${field}`)
		)
			issues.push(
				issue(
					`relations:${collection}.${field}`,
					'unknown_collection',
					`"${collection}.${field}" points to "${related}", which this push drops`,
					`restore the files of "${related}", or delete the relation too`,
				),
			);
	const strange = (bundle.elements.permissions ?? []).flatMap(({ collection }) =>
		typeof collection === 'string' && !isThere(collection) ? [collection] : [],
	);
	if (strange.length > 0)
		warnings.push(
			issue(
				'permissions',
				'unknown_collection',
				`${strange.length === 1 ? 'a permission is' : `${strange.length} permissions are`} about collections that are nowhere: ${[...new Set(strange)].slice(0, 5).join(', ')}`,
			),
		);
}
