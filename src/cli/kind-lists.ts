import { ELEMENT_KINDS, type ElementKind } from '../contract/bundle.js';
import { nearestName } from '../kernel/core/near-miss.js';

/** Kinds whose ids are always kept: addresses of webhook flows, and the folders that fields of files name. */
const ALWAYS_PRESERVED: readonly ElementKind[] = ['flows', 'folders'];

/** Kinds whose ids can be kept if asked for, since they are UUIDs. */
export const PRESERVABLE: readonly ElementKind[] = [
	'dashboards',
	'operations',
	'panels',
	'policies',
	'roles',
	'translations',
];

/** Kinds whose ids are to be kept; `all` for every kind that can. */
export type PreservedKinds = 'all' | ElementKind[];

/**
 * One kind by its name, with or without `directus_` in front.
 *
 * @throws Error that names the kinds there are
 */
export function readKind(name: string): ElementKind {
	const bare = name.trim().replace(/^directus_/, '');
	const kind = ELEMENT_KINDS.find((candidate) => candidate === bare);
	if (kind) return kind;
	const near = nearestName(bare, [...ELEMENT_KINDS]);
	throw new Error(
		`"${name}" is no kind of element${near ? `; did you mean "${near}"?` : ''} There are ${ELEMENT_KINDS.join(', ')}.`,
	);
}

export const readKinds = (names: readonly string[]): ElementKind[] => [...new Set(names.map(readKind))];

export function readPreservedKinds(names: readonly string[]): PreservedKinds {
	if (names.length === 1 && (names[0] === 'all' || names[0] === '*')) return 'all';
	const kinds = readKinds(names).filter((kind) => !ALWAYS_PRESERVED.includes(kind));
	const wrong = kinds.find((kind) => !PRESERVABLE.includes(kind));
	if (wrong === undefined) return kinds;
	throw new Error(`The ids of ${wrong} cannot be kept: they are numbers. Those of ${PRESERVABLE.join(', ')} can.`);
}
