import { isRecord } from '../../../kernel/core/is-record.js';
import type { Bundle, Element, ElementKind } from '../../../contract/bundle.js';
import { ELEMENT_KINDS } from '../../../contract/config-kinds.js';
import { kinds } from '../elements/kinds.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/** In a file, in the place of a credential: `${SECRET:CRM_TOKEN}` is the environment variable `CRM_TOKEN`. */
const REFERENCE = /\$\{SECRET:([A-Za-z_]\w{0,127})\}/g;

export const referenceTo = (name: string): string => `\${SECRET:${name}}`;

const mayRefer = (text: string): boolean => text.includes('${SECRET:');

/** Whether a text has references. */
export const refers = (text: string): boolean => mayRefer(text) && namesIn(text).length > 0;

const namesIn = (text: string): string[] => Array.from(text.matchAll(REFERENCE), ([, name = '']) => name);

/**
 * The secrets behind the references of a text, if this value is the filled text.
 *
 * @returns null if the value does not have this form
 */
export function readBack(template: string, value: string): Map<string, string> | null {
	const parts = template.split(REFERENCE);
	const texts = new Map<string, string>();
	let at = parts[0]?.length ?? 0;
	if (!value.startsWith(parts[0] ?? '')) return null;
	for (let index = 1; index < parts.length; index += 2) {
		const [name = '', after = ''] = [parts[index], parts[index + 1]];
		const isLast = index + 2 >= parts.length;
		// If two references follow each other directly, it is unknown where the first one ends.
		if (after === '' && !isLast) return null;
		const end = isLast ? value.length - after.length : value.indexOf(after, at);
		if (end <= at || !value.startsWith(after, end)) return null;
		const secret = value.slice(at, end);
		if (texts.has(name) && texts.get(name) !== secret) return null;
		texts.set(name, secret);
		at = end + after.length;
	}
	return at === value.length ? texts : null;
}

/** Replaces all texts within a value; `at` is the path of each, with list entries by name. */
export function mapTexts(value: unknown, change: (text: string, at: string[]) => string, at: string[] = []): unknown {
	if (typeof value === 'string') return change(value, at);
	if (Array.isArray(value)) {
		return value.map((entry, index) => mapTexts(entry, change, [...at, `[${nameOfEntry(entry) ?? index}]`]));
	}
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, change, [...at, key])]));
}

/** Headers and parameters go by name: another order must not mix up their values. */
function nameOfEntry(entry: unknown): string | undefined {
	if (!isRecord(entry)) return undefined;
	return [entry['header'], entry['name'], entry['key']].find((name): name is string => typeof name === 'string');
}

/** `options.headers[Authorization].value` */
export const pathText = (at: readonly string[]): string => at.join('.').replaceAll('.[', '[');

/** The texts of an element by their path. */
export function textsOf(element: Element | undefined): Map<string, string> {
	const texts = new Map<string, string>();
	if (!element) return texts;
	mapTexts(element, (text, at) => {
		texts.set(pathText(at), text);
		return text;
	});
	return texts;
}

/** A bundle with the texts of its elements replaced; elements without references are not copied. */
function mapReferences(
	bundle: Bundle,
	replace: (text: string, place: { kind: ElementKind; element: Element; at: string[] }) => string,
): Bundle {
	const elements: Bundle['elements'] = { ...bundle.elements };
	for (const kind of ELEMENT_KINDS) {
		const list = elements[kind];
		if (!list || !mayRefer(JSON.stringify(list))) continue;
		elements[kind] = list.map((element) =>
			mapTexts(element, (text, at) => (refers(text) ? replace(text, { kind, element, at }) : text)),
		) as Element[];
	}
	return { ...bundle, elements };
}

/** Fills in the known names; other references stay. An empty value counts as unknown: CI passes unset secrets like that. */
export function fillSecrets(bundle: Bundle, valueOf: (name: string) => string | undefined): Bundle {
	return mapReferences(bundle, (text) => fillText(text, valueOf));
}

export const fillText = (text: string, valueOf: (name: string) => string | undefined): string =>
	text.replace(REFERENCE, (reference, name: string) => valueOf(name) || reference);

/** The names of the secrets that a value still needs. */
export function missingSecrets(value: unknown): string[] {
	const names = new Set<string>();
	mapTexts(value, (text) => {
		if (mayRefer(text)) for (const name of namesIn(text)) names.add(name);
		return text;
	});
	return [...names];
}

/**
 * An unfilled reference means the value that the target already has in the same place, or under the same name in another:
 * a secret belongs to its instance, and reviewers need not know it. If the target has none, the secret is missing.
 */
export function keepSecrets(wanted: Bundle, current: Bundle): { bundle: Bundle; issues: ConfigIssue[] } {
	const known = new Map<string, Set<string>>();
	const currentTexts = new Map<string, Map<string, string>>();
	const textHere = (kind: ElementKind, { _syncId }: Element, at: string[]): string | undefined => {
		const step = `${kind}:${_syncId}`;
		const texts =
			currentTexts.get(step) ?? textsOf((current.elements[kind] ?? []).find((one) => one._syncId === _syncId));
		currentTexts.set(step, texts);
		return texts.get(pathText(at));
	};
	const kept = mapReferences(wanted, (text, { kind, element, at }) => {
		const value = textHere(kind, element, at);
		const variables = value === undefined || refers(value) ? null : readBack(text, value);
		for (const [name, secret] of variables ?? []) known.set(name, (known.get(name) ?? new Set()).add(secret));
		return variables && value !== undefined ? value : text;
	});
	const issues: ConfigIssue[] = [];
	const bundle = mapReferences(kept, (text, { kind, element, at }) => {
		const filled = fillText(text, (name) => {
			const values = [...(known.get(name) ?? [])];
			return values.length === 1 ? values[0] : undefined;
		});
		for (const name of namesIn(filled))
			issues.push({
				file: null,
				path: `${kind}:${element._syncId}`,
				code: 'missing_secret',
				message: `"${pathText(at)}" of ${kind} "${kinds[kind].nameOf(element)}" needs the secret ${name}, which is not in the environment, and this instance has no value there`,
				suggestion: `set ${name} in the environment of the command, or in .env`,
			});
		return filled;
	});
	return { bundle, issues };
}
