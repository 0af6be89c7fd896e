import { isRecord } from './is-record.js';
import { Liquid, Output, type Template } from 'liquidjs';
import { LIMITS } from '../../schema.js';

/** A tag or path template that parsed, and the field paths it reads (`author.slug`). */
export interface ParsedTemplate {
	source: string;
	paths: string[];
}

const engine = new Liquid({
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
		return (error instanceof Error ? error.message : String(error)).replace(/, line:.*$/s, '');
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
export function renderTemplates(sources: readonly string[], item: Record<string, unknown>): string[] {
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
			const text = String(engine.renderSync(parsed.templates, context)).trim();
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
		const choices = (Array.isArray(value) ? value : [value]).flatMap((element: unknown) =>
			deeper.length > 0 && isRecord(element) ? contexts(element, deeper) : [element],
		);
		result = result.flatMap((context) => choices.map((choice) => ({ ...context, [head]: choice })));
		if (result.length > LIMITS.renderedPerItem) result = result.slice(0, LIMITS.renderedPerItem);
	}
	return result;
}

function valueAt(node: unknown, segments: string[]): unknown {
	return segments.reduce<unknown>(
		(value, segment) => (isRecord(value) && Object.hasOwn(value, segment) ? value[segment] : undefined),
		node,
	);
}

const isMissing = (value: unknown) => value === undefined || value === null || value === '';
