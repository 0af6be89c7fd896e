import type { Bundle, Element, ElementKind } from '../../../contract/bundle.js';
import { ELEMENT_KINDS } from '../../../contract/config-kinds.js';
import { credentialParts, findCredentials, mayHoldCredentials } from './find-credentials.js';
import { kinds } from '../elements/kinds.js';
import { fillText, mapTexts, pathText, readBack, referenceTo, refers, textsOf } from './secret-references.js';

/** Kinds whose elements talk to other services; in other kinds, credentials are only reported. */
const REPLACED: readonly ElementKind[] = ['flows', 'operations', 'panels'];

/** A place with a credential, without the credential itself. */
export interface SecretPlace {
	kind: ElementKind;
	syncId: string;
	/** The readable name of the element. */
	name: string;
	/** `options.headers[Authorization].value` */
	path: string;
	/** The references that are there now; none if the credential is still there. */
	secrets: string[];
}

export interface WithoutSecrets {
	bundle: Bundle;
	places: SecretPlace[];
}

/**
 * A bundle for files, with references to the environment instead of credentials.
 * @param former the elements in the files now, whose references are kept
 * @param valueOf the environment's values for those references, so that they are found in other places too
 */
export function takeOutSecrets(
	bundle: Bundle,
	former: Bundle['elements'],
	valueOf: (name: string) => string | undefined,
): WithoutSecrets {
	const names = namesOfSecrets(bundle, former, valueOf);
	const places: SecretPlace[] = [];
	const elements: Bundle['elements'] = { ...bundle.elements };
	for (const kind of ELEMENT_KINDS) {
		const list = elements[kind];
		if (!list) continue;
		const before = new Map((former[kind] ?? []).map((element) => [element._syncId, element]));
		elements[kind] = list.map((element) => {
			if (names.size === 0 && !before.has(element._syncId) && !mayHoldCredentials(JSON.stringify(element)))
				return element;
			const texts = textsOf(before.get(element._syncId));
			const paths = new Set(credentialPaths(element));
			const place = (at: string[], secrets: string[]): SecretPlace => ({
				kind,
				syncId: element._syncId,
				name: kinds[kind].nameOf(element),
				path: pathText(at),
				secrets,
			});
			const replaced = mapTexts(element, (text, at) => {
				const path = pathText(at);
				if (path === '_syncId') return text;
				const template = texts.get(path);
				if (template !== undefined && refers(template) && readBack(template, text)) return template;
				const safe = REPLACED.includes(kind)
					? withReferences(text, paths.has(path), names, () => nameFor(bundle, kind, element, at))
					: text;
				if (safe !== text)
					places.push(
						place(
							at,
							[...safe.matchAll(/\$\{SECRET:(\w+)\}/g)].map(([, name = '']) => name),
						),
					);
				else if (paths.has(path)) places.push(place(at, []));
				return safe;
			}) as Element;
			return replaced;
		});
	}
	return { bundle: { ...bundle, elements }, places };
}

/** Only lists where credentials are. */
export function tellSecrets(bundle: Bundle): SecretPlace[] {
	return ELEMENT_KINDS.flatMap((kind) =>
		(bundle.elements[kind] ?? []).flatMap((element) =>
			credentialPaths(element).map((path) => ({
				kind,
				syncId: element._syncId,
				name: kinds[kind].nameOf(element),
				path,
				secrets: [],
			})),
		),
	);
}

/** In the form of `pathText`, with list entries by name, where `findCredentials` has their number. */
function credentialPaths(element: Element): string[] {
	const paths: string[] = [];
	if (!mayHoldCredentials(JSON.stringify(element))) return paths;
	mapTexts(element, (text, at) => {
		const last = at.at(-1) ?? '';
		const called = last === 'value' ? (/^\[(.*)\]$/.exec(at.at(-2) ?? '')?.[1] ?? last) : lastName(at);
		if (last !== '_syncId' && findCredentials({ [called]: text }, '').length > 0) paths.push(pathText(at));
		return text;
	});
	return paths;
}

/** The name of a text's field; within a list, the name of the list. */
const lastName = (at: readonly string[]): string => at.findLast((part) => !part.startsWith('[')) ?? '';

/** Credentials with their names in the present files. */
function namesOfSecrets(
	bundle: Bundle,
	former: Bundle['elements'],
	valueOf: (name: string) => string | undefined,
): Map<string, string> {
	const names = new Map<string, string>();
	const used = new Set<string>();
	for (const kind of ELEMENT_KINDS) {
		const now = new Map((bundle.elements[kind] ?? []).map((element) => [element._syncId, element]));
		for (const element of former[kind] ?? []) {
			const texts = textsOf(now.get(element._syncId));
			for (const [path, template] of textsOf(element)) {
				if (!refers(template)) continue;
				const text = texts.get(path);
				for (const [name, secret] of (text !== undefined && readBack(template, text)) || [])
					if (isLongEnough(secret)) names.set(secret, name);
				for (const name of referencesIn(template)) used.add(name);
			}
		}
	}
	for (const name of used) {
		const value = valueOf(name);
		if (value !== undefined && isLongEnough(value)) names.set(value, name);
	}
	return names;
}

function referencesIn(template: string): string[] {
	const names: string[] = [];
	fillText(template, (name) => (names.push(name), undefined));
	return names;
}

/** Shorter secrets would match unrelated texts. */
const isLongEnough = (secret: string): boolean => secret.length >= 8;

/** Replaces known secrets, and otherwise the credentials of a text, by references. */
function withReferences(
	text: string,
	isCredential: boolean,
	names: Map<string, string>,
	newName: () => string,
): string {
	let safe = text;
	for (const [secret, name] of names) if (isLongEnough(secret)) safe = safe.replaceAll(secret, () => referenceTo(name));
	if (safe !== text || !isCredential) return safe;
	const parts = credentialParts(text);
	const ranges = parts.length > 0 ? parts : [{ start: 0, end: text.length }];
	for (const { start, end } of ranges.toReversed()) {
		const secret = text.slice(start, end);
		let name = names.get(secret);
		if (name === undefined) {
			name = unused(newName(), new Set(names.values()));
			names.set(secret, name);
		}
		safe = `${safe.slice(0, start)}${referenceTo(name)}${safe.slice(end)}`;
	}
	return safe;
}

function unused(name: string, taken: ReadonlySet<string>): string {
	for (let number = 2, free = name; ; number++) {
		if (!taken.has(free)) return free;
		free = `${name}_${number}`;
	}
}

/** `NOTIFY_CRM_REQUEST_AUTHORIZATION`: from the names of the flow, the operation and the field. */
function nameFor({ elements }: Bundle, kind: ElementKind, element: Element, at: readonly string[]): string {
	const flow =
		kind === 'operations' ? (elements.flows ?? []).find(({ _syncId }) => _syncId === element['flow']) : undefined;
	const own = kind === 'operations' ? element['key'] : element['name'];
	const last = at.at(-1) === 'value' ? at.at(-2) : lastName(at);
	const words = [flow?.['name'], own, last].map((part) =>
		String(part ?? '')
			.normalize('NFKD')
			.replace(/\p{M}/gu, '')
			.replace(/([a-z])([A-Z])/g, '$1_$2')
			.replace(/[^A-Za-z0-9]+/g, '_')
			.replace(/^_+|_+$/g, '')
			.toUpperCase(),
	);
	const name = words
		.filter((word) => word !== '')
		.join('_')
		.slice(0, 100);
	return /^[A-Z]/.test(name) ? name : `SECRET_${name}`;
}
