import { isRecord } from './is-record.js';
import { Liquid, Output, type Template } from 'liquidjs';
import { LIMITS } from '../../../schema.js';
import { messageOf } from './message-of.js';

/** A tag or path template that parsed, and the field paths it reads (`author.slug`). */
export interface ParsedTemplate {
	source: string;
	paths: string[];
}

/** A template that takes too long, or makes too much of a value, gives nothing: it must not hold up what else is sent. */
class Bounded extends Liquid {
	override renderSync(...given: Parameters<Liquid['renderSync']>): string {
		try {
			return String(super.renderSync(...given));
		} catch {
			return '';
		}
	}
}

const engine = new Bounded({
	ownPropertyOnly: true,
	strictFilters: true,
	strictVariables: false,
	dynamicPartials: false,
	templates: {},
	parseLimit: LIMITS.template * 4,
	renderLimit: 1_000,
	memoryLimit: 1_000_000,
});

interface Parsed extends ParsedTemplate {
	templates: Template[];
	/** Paths that stand alone in `{{ }}`: where one has no value the whole template gives nothing. */
	bare: string[][];
}

const cache = new Map<string, Parsed | string>();

function parse(source: string): Parsed | string {
	const known = cache.get(source);
	if (known !== undefined) return known;
	const parsed = parseUncached(source);
	if (cache.size > 10_000) cache.clear();
	cache.set(source, parsed);
	return parsed;
}

function parseUncached(source: string): Parsed | string {
	if (source.includes('{%')) return 'only {{ values }} are allowed here, not {% tags %}';
	try {
		const templates = engine.parse(source);
		const outputs = templates.filter((template): template is Output => template instanceof Output);
		const bare = outputs
			.filter((output) => output.value.filters.length === 0)
			.flatMap((output) => engine.globalVariableSegmentsSync([output]));
		return {
			source,
			templates,
			paths: [...new Set(engine.globalFullVariablesSync(templates))],
			bare: bare.map((segments) => segments.map(String)),
		};
	} catch (error) {
		return messageOf(error).replace(/, line:.*$/s, '');
	}
}

/** Parses one template. An error says in one sentence what is wrong with it. */
export function parseTemplate(source: string): { ok: true; template: ParsedTemplate } | { ok: false; message: string } {
	const parsed = parse(source);
	return typeof parsed === 'string'
		? { ok: false, message: parsed }
		: { ok: true, template: { source, paths: parsed.paths } };
}

/**
 * The tags or paths that one item gives. Where a template reads through a list (`{{translations.slug}}`,
 * `{{tags.tags_id.slug}}`) it gives one string for each element; two values of the same list always come from the same
 * element. A template one of whose plain values is missing gives nothing: `/blog/` is not the page of an item without
 * a slug. Nothing but the item's own values can be reached.
 */
export const renderTemplates = (sources: readonly string[], item: Record<string, unknown>): string[] =>
	render(sources, item, (parsed, context) => String(engine.renderSync(parsed.templates, context)));

/**
 * The paths of pages that one item gives, as `renderTemplates` does it, with values encoded as a front end does when it
 * makes a link of them (`encodeURIComponent`): `c#sharp` ⇒ `/blog/c%23sharp`. A `/` in a value stays, for it may be a path
 * of several parts; a value that begins the path and is a path or a URL itself stays as it is written.
 */
export const renderPaths = (sources: readonly string[], item: Record<string, unknown>): string[] =>
	render(sources, item, ({ templates }, context) =>
		templates
			.map((template, index) => {
				const text = String(engine.renderSync([template], context));
				if (!(template instanceof Output)) return encodeAddress(atEnds(text, index, templates.length));
				if (ENCODED.includes(template.value.filters.at(-1)?.name ?? '')) return text;
				return index === 0 && /^(\/|https?:\/\/)/.test(text) ? encodeAddress(text) : encodeValue(text);
			})
			.join(''),
	);

/** Blanks around a path are mistakes; blanks within a value are meant. */
const atEnds = (text: string, index: number, count: number) => {
	const begun = index === 0 ? text.trimStart() : text;
	return index === count - 1 ? begun.trimEnd() : begun;
};

/** Filters after which a value is written as it is: those that encode it themselves, and `raw`. */
const ENCODED = ['url_encode', 'cgi_escape', 'uri_escape', 'raw'];

const encode = (text: string) => encodeURIComponent(text.replace(LONE_SURROGATE, '\u{fffd}'));
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** A value within a path. */
const encodeValue = (text: string) => text.split('/').map(encode).join('/');

/** What is a path or a URL already: only what no URL may hold. */
const encodeAddress = (text: string) =>
	text.replace(/%(?![0-9a-f]{2})/gi, '%25').replace(/[^\x21-\x7e]+|["<>\\^`{|}]/g, encode);

function render(
	sources: readonly string[],
	item: Record<string, unknown>,
	write: (parsed: Parsed, context: Record<string, unknown>) => string,
): string[] {
	const rendered = new Set<string>();
	for (const source of sources) {
		const parsed = parse(source);
		if (typeof parsed === 'string') continue;
		for (const context of contexts(
			item,
			parsed.paths.map((path) => path.split('.')),
		)) {
			if (rendered.size >= LIMITS.renderedPerItem) return [...rendered];
			if (parsed.bare.some((segments) => isMissing(valueAt(context, segments)))) continue;
			const text = write(parsed, context).trim();
			if (text !== '' && text.length <= LIMITS.template) rendered.add(text);
		}
	}
	return [...rendered];
}

/** The item once for every element of the lists that the paths cross, with each list replaced by that element. */
function contexts(node: Record<string, unknown>, paths: string[][]): Record<string, unknown>[] {
	const byHead = new Map<string, string[][]>();
	for (const [head, ...rest] of paths) if (head !== undefined) byHead.set(head, [...(byHead.get(head) ?? []), rest]);
	let result: Record<string, unknown>[] = [{}];
	for (const [head, rests] of byHead) {
		const value = Object.hasOwn(node, head) ? node[head] : undefined;
		const deeper = rests.filter((rest) => rest.length > 0);
		const choices = firstOf(Array.isArray(value) ? value : [value], (element: unknown) =>
			deeper.length > 0 && isRecord(element) ? contexts(element, deeper) : [element],
		);
		result = firstOf(result, (context) => choices.map((choice) => ({ ...context, [head]: choice })));
	}
	return result;
}

/** As many as may be rendered: no more are made, for two lists of 2,000 give four million. */
function firstOf<From, To>(entries: From[], of: (entry: From) => To[]): To[] {
	const made: To[] = [];
	for (const entry of entries) {
		for (const text of of(entry)) if (made.length < LIMITS.renderedPerItem) made.push(text);
		if (made.length >= LIMITS.renderedPerItem) break;
	}
	return made;
}

function valueAt(node: unknown, segments: string[]): unknown {
	return segments.reduce<unknown>(
		(value, segment) => (isRecord(value) && Object.hasOwn(value, segment) ? value[segment] : undefined),
		node,
	);
}

const isMissing = (value: unknown) => value === undefined || value === null || value === '';
