import { isRecord } from '../../../kernel/core/is-record.js';
import { nearestName } from '../../../kernel/core/near-miss.js';
import type { Bundle, Element } from '../../../contract/bundle.js';
import { FIXED_SYNC_IDS, isElementKind } from '../elements/kinds.js';
import type { ConfigIssue } from '../../../contract/plan.js';

/**
 * Values of one environment that are not in the shared files: by element (`flows:4f…`, or `settings`), then by path
 * (`options.url`, `options.headers[Accept].value`).
 */
export type Overlays = Record<string, Record<string, unknown>>;

/** A bundle with the overlays of an environment. Their paths must exist: a misspelt one would change nothing. */
export function withOverlays(bundle: Bundle, overlays: Overlays): { bundle: Bundle; issues: ConfigIssue[] } {
	const issues: ConfigIssue[] = [];
	const elements: Bundle['elements'] = { ...bundle.elements };
	for (const [step, values] of Object.entries(overlays)) {
		const overlaid = elementAt(elements, step, issues);
		if (!overlaid) continue;
		const changed = Object.entries(values).reduce<Element>((element, [path, value]) => {
			const result = setAt(element, path, value);
			if (result !== null) return result as Element;
			issues.push({
				file: null,
				path: step,
				code: 'unknown_path',
				message: `the overlay of ${step} sets "${path}", which does not exist there`,
				suggestion:
					'write the path as "downstream diff" shows it, such as options.url or options.headers[Accept].value',
			});
			return element;
		}, overlaid.element);
		elements[overlaid.kind] = (elements[overlaid.kind] ?? []).map((one) => (one === overlaid.element ? changed : one));
	}
	return { bundle: { ...bundle, elements }, issues };
}

/**
 * A bundle from an environment, for the shared files: where the environment has values of its own, the files keep theirs.
 */
export function withoutOverlays(bundle: Bundle, overlays: Overlays, former: Bundle['elements']): Bundle {
	const elements: Bundle['elements'] = { ...bundle.elements };
	for (const [step, values] of Object.entries(overlays)) {
		const overlaid = elementAt(elements, step, []);
		const before = elementAt(former, step, [])?.element;
		if (!overlaid || !before) continue;
		const shared = Object.keys(values).reduce<Element>((element, path) => {
			const was = valueAtPath(before, path);
			return was === undefined ? element : ((setAt(element, path, was) ?? element) as Element);
		}, overlaid.element);
		elements[overlaid.kind] = (elements[overlaid.kind] ?? []).map((one) => (one === overlaid.element ? shared : one));
	}
	return { ...bundle, elements };
}

function elementAt(elements: Bundle['elements'], step: string, issues: ConfigIssue[]) {
	const [kind = '', ...rest] = step.split(':');
	const syncId = kind === 'settings' ? null : rest.join(':');
	const issue = (message: string, suggestion?: string) =>
		issues.push({ file: null, path: step, code: 'unknown_element', message, ...(suggestion ? { suggestion } : {}) });
	if (!isElementKind(kind) || syncId === '') {
		issue(
			`the overlays name "${step}", which is not an element`,
			'write kind:syncId, such as flows:4f9c…, or settings',
		);
		return null;
	}
	const list = elements[kind];
	// A kind that was left out has no overlays either.
	if (!list) return null;
	const element = syncId === null ? list[0] : list.find(({ _syncId }) => _syncId === syncId);
	if (element) return { kind, element };
	const near = nearestName(
		syncId ?? FIXED_SYNC_IDS.settings,
		list.map(({ _syncId }) => _syncId),
	);
	issue(`the overlays name ${step}, which the files do not have`, near ? `did you mean ${kind}:${near}?` : undefined);
	return null;
}

/** `options.headers[Accept].value` as `options`, `headers`, `[Accept]`, `value`. */
const partsOf = (path: string): string[] => path.match(/\[[^[\]]*\]|[^.[\]]+/g) ?? [];

/** Which entry of a list `[Accept]` or `[0]` is; -1 if none. */
function placeIn(list: unknown[], part: string): number {
	const name = part.slice(1, -1);
	const named = list.findIndex(
		(entry) =>
			isRecord(entry) &&
			['_syncId', 'id', 'key', 'field', 'header', 'name', 'value'].some((key) => String(entry[key] ?? '') === name),
	);
	return named >= 0 || !/^\d+$/.test(name) || Number(name) >= list.length ? named : Number(name);
}

function valueAtPath(value: unknown, path: string): unknown {
	return partsOf(path).reduce<unknown>((node, part) => {
		if (Array.isArray(node) && part.startsWith('[')) return node[placeIn(node, part)];
		return isRecord(node) ? node[part] : undefined;
	}, value);
}

/** Sets the value at a path; null if the path does not exist. Only the last key of a path may be new. */
function setAt(value: unknown, path: string, set: unknown): unknown {
	const walk = (node: unknown, parts: string[]): unknown => {
		const [part, ...rest] = parts;
		if (part === undefined) return set;
		if (Array.isArray(node) && part.startsWith('[')) {
			const place = placeIn(node, part);
			const inner = place < 0 ? null : walk(node[place], rest);
			return inner === null && !(rest.length === 0 && set === null && place >= 0) ? null : node.with(place, inner);
		}
		if (!isRecord(node) || part.startsWith('[')) return null;
		if (rest.length === 0) return { ...node, [part]: set };
		const inner = walk(node[part], rest);
		return inner === null ? null : { ...node, [part]: inner };
	};
	const parts = partsOf(path);
	return parts.length === 0 || parts[0] === '_syncId' ? null : walk(value, parts);
}
