import { isRecord } from '../../../kernel/core/is-record.js';
import { nearestName } from '../../../kernel/core/near-miss.js';
import {
	bundle as bundleShape,
	BUNDLE_VERSION,
	element as elementShape,
	ELEMENT_KINDS,
	snapshot as snapshotShape,
	type Bundle,
	type Element,
	type ElementKind,
} from '../../../contract/bundle.js';
import { checkReferences, type Need } from '../plan/check-references.js';
import { nameOfType } from './dump-reading.js';
import { fromFile } from './element-in-file.js';
import { escapePointer } from '../../../kernel/core/json-pointer.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import type { ConfigIssue } from '../../../contract/plan.js';

export interface CheckedBundle {
	/** Without what no bundle may carry (credentials, audit fields); null where there are issues. */
	bundle: Bundle | null;
	issues: ConfigIssue[];
	/** What does not stand in the way, but is hardly meant. */
	warnings: ConfigIssue[];
	/** What it refers to beyond itself: it can only go where these are known. */
	needs: Need[];
}

type Remark = Omit<ConfigIssue, 'file' | 'path'>;

/**
 * Whether something that came from outside is a bundle that can be worked with. Everything that is wrong is said at once.
 * An issue has no file; its path is `kind:syncId`, with a JSON pointer below it, or a pointer into the bundle.
 */
export function checkBundle(given: unknown): CheckedBundle {
	const issues: ConfigIssue[] = [];
	const say = (path: string, remark: Remark) => issues.push({ file: null, path, ...remark });
	const refused = (): CheckedBundle => ({ bundle: null, issues, warnings: [], needs: [] });
	if (!isRecord(given)) {
		say('', { code: 'wrong_type', message: `expected a bundle, got ${nameOfType(given)}` });
		return refused();
	}
	const { version } = given;
	if (typeof version === 'number' && version > BUNDLE_VERSION) {
		say('/version', {
			code: 'newer_version',
			message: `the bundle is of version ${version}; this package reads up to ${BUNDLE_VERSION}`,
			suggestion: 'install a newer version of directus-extension-downstream here',
		});
		return refused();
	}
	const { elements: givenElements, schema: givenSchema, ...rest } = given;
	const frame = bundleShape.omit({ elements: true, schema: true }).safeParse(rest);
	for (const { path, message } of frame.error?.issues ?? []) {
		say(pointer(path), { code: 'wrong_type', message });
	}
	const schema = checkSchema(givenSchema, say);
	const warnings: ConfigIssue[] = [];
	const { elements, incomplete } = checkElements(givenElements, say, warnings);
	const references = checkReferences(elements, incomplete);
	issues.push(...references.issues, ...sharedNames(elements));
	return {
		bundle: issues.length === 0 && frame.success ? { ...frame.data, schema, elements } : null,
		issues,
		warnings: [...warnings, ...references.warnings],
		needs: references.needs,
	};
}

type Say = (path: string, remark: Remark) => void;

function checkSchema(given: unknown, say: Say): Bundle['schema'] {
	const shape = snapshotShape.nullable().safeParse(given);
	for (const { path, message } of shape.error?.issues ?? []) {
		say(`/schema${pointer(path)}`, {
			code: 'wrong_type',
			message: given === undefined ? 'expected a schema, or null' : message,
		});
	}
	if (!shape.success || !shape.data) return null;
	const seen = new Set<string>();
	const { collections, fields, relations } = shape.data;
	const names = [
		...collections.map(({ collection }) => `collections:${collection}`),
		...fields.map(({ collection, field }) => `fields:${collection}.${field}`),
		...relations.map(({ collection, field }) => `relations:${collection}.${field}`),
	];
	for (const name of names) {
		if (seen.has(name))
			say(name, { code: 'duplicate', message: `"${name.slice(name.indexOf(':') + 1)}" is there twice` });
		seen.add(name);
	}
	return shape.data;
}

/** The elements that are sound, and the kinds of which some are not. */
function checkElements(
	given: unknown,
	say: Say,
	warnings: ConfigIssue[],
): { elements: Bundle['elements']; incomplete: Set<ElementKind> } {
	const elements: Bundle['elements'] = {};
	const incomplete = new Set<ElementKind>();
	if (!isRecord(given)) {
		say('/elements', { code: 'wrong_type', message: `expected an object of kinds, got ${nameOfType(given)}` });
		return { elements, incomplete };
	}
	for (const [kind, list] of Object.entries(given)) {
		const at = `/elements/${escapePointer(kind)}`;
		if (!isElementKind(kind)) {
			const nearest = nearestName(kind, ELEMENT_KINDS);
			say(at, {
				code: 'unknown_kind',
				message: `"${kind}" is of no known kind; known are ${ELEMENT_KINDS.join(', ')}`,
				suggestion: nearest ? `"${nearest}"?` : 'install a newer version of directus-extension-downstream here',
			});
			continue;
		}
		if (!Array.isArray(list)) {
			say(at, { code: 'wrong_type', message: `expected a list of ${kind}, got ${nameOfType(list)}` });
			incomplete.add(kind);
			continue;
		}
		const before = new Map<string, number>();
		const sound: Element[] = [];
		for (const [index, entry] of list.entries()) {
			const shape = elementShape.safeParse(entry);
			if (!shape.success) {
				for (const { path, message } of shape.error.issues)
					say(`${at}/${index}${pointer(path)}`, { code: 'wrong_type', message });
				incomplete.add(kind);
				continue;
			}
			const { _syncId } = shape.data;
			const place = `${kind}:${_syncId}`;
			if (before.has(_syncId)) {
				say(place, {
					code: 'duplicate_sync_id',
					message: `${kind} ${_syncId} is there twice, at ${before.get(_syncId)} and at ${index}`,
					suggestion: 'give one of the two a new UUID, or delete it',
				});
				continue;
			}
			before.set(_syncId, index);
			for (const field of kinds[kind].required) {
				if (shape.data[field] !== null) continue;
				say(`${place}/${field}`, { code: 'required', message: `"${field}" of ${kind} ${_syncId} must not be null` });
			}
			const read = fromFile(kind, shape.data, { syncPolicyRoles: true });
			for (const { path, ...remark } of read.issues) say(`${place}${path}`, remark);
			for (const { path, ...remark } of read.warnings)
				warnings.push({ file: null, path: `${place}${path}`, ...remark });
			sound.push(read.element);
		}
		if (kinds[kind].singleton && sound.length > 1) {
			say(at, { code: 'too_many', message: `an instance has one row of ${kind}, the bundle has ${sound.length}` });
		}
		elements[kind] = sound;
	}
	return { elements, incomplete };
}

/** Directus refuses two translations of the same key and language, whatever their SyncIDs are. */
function sharedNames(elements: Bundle['elements']): ConfigIssue[] {
	const same = Map.groupBy(elements.translations ?? [], ({ language, key }) => JSON.stringify([language, key]));
	return [...same.values()].flatMap(([first, ...others]) =>
		others.map((element) => ({
			file: null,
			path: `translations:${element._syncId}`,
			code: 'duplicate',
			message: `"${kinds.translations.nameOf(element)}" is there already, as ${first?._syncId}`,
			suggestion: 'delete one of the two',
		})),
	);
}

const pointer = (path: readonly PropertyKey[]): string =>
	path.map((step) => `/${escapePointer(String(step))}`).join('');
