import type { Element, ElementKind } from '../../../contract/bundle.js';
import { isElementKind, kinds } from './kinds.js';
import type { Change, FieldChange } from '../../../contract/plan.js';

/** What an element of these kinds is part of, so that its own name says little. */
const PARENTS: Partial<Record<ElementKind, { field: string; kind: ElementKind }>> = {
	operations: { field: 'flow', kind: 'flows' },
	panels: { field: 'dashboard', kind: 'dashboards' },
	permissions: { field: 'policy', kind: 'policies' },
};

/** `Order mail › Send`: what a person calls an element where all of its kind are listed. */
export function fullName(kind: ElementKind, element: Element, find: (step: string) => Element | undefined): string {
	const name = kinds[kind].nameOf(element);
	const parent = PARENTS[kind];
	const above = parent && find(`${parent.kind}:${String(element[parent.field])}`);
	return parent && above ? `${kinds[parent.kind].nameOf(above)} › ${name}` : name;
}

/** The elements that the values of a change name, as `kind:syncId`, with the value that names each. */
export function namedIn(kind: Change['kind'], { field, from, to }: FieldChange): { step: string; id: string }[] {
	if (!isElementKind(kind)) return [];
	const attached = kind === 'policies' && /^roles\[([^\]]+)\]/.exec(field)?.[1];
	if (attached) return [{ step: `roles:${attached}`, id: attached }];
	const reference = kinds[kind].references.find(({ path }) => path === field);
	return [from, to].flatMap((value) =>
		reference && typeof value === 'string' ? [{ step: `${reference.kind}:${value}`, id: value }] : [],
	);
}

/** The names of all elements that changes name by their SyncIDs. */
export function namesFor(
	changes: readonly Change[],
	find: (step: string) => Element | undefined,
): Record<string, string> {
	const names: Record<string, string> = {};
	for (const change of changes) {
		for (const field of change.fields) {
			for (const { step } of namedIn(change.kind, field)) {
				const [kind = ''] = step.split(':', 1);
				const element = names[step] === undefined ? find(step) : undefined;
				if (element && isElementKind(kind)) names[step] = kinds[kind].nameOf(element);
			}
		}
	}
	return names;
}
