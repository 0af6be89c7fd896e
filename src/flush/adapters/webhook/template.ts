import { Liquid, type Template } from 'liquidjs';
import { messageOf } from '../../../kernel/core/message-of.js';
import { plainText } from '../../../kernel/core/plain-text.js';
import type { FlushedChange } from '../../../contract/flushed-change.js';

/** How values are written into a text so that they cannot end what they are in. */
export type Escape = 'json' | 'uri' | 'xml' | 'none';

/** What templates may name: all changes of the request, and the one if it has one. */
export interface TemplateValues {
	changes: FlushedChange[];
	change?: FlushedChange | undefined;
}

const NAMES = ['changes', 'change'];

const asText = (value: unknown): string =>
	value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

const ESCAPES: Record<Escape, (value: unknown) => string> = {
	// For within quotes, so that what is no text is written as text as well.
	json: (value) => JSON.stringify(asText(value)).slice(1, -1),
	uri: (value) => encodeURIComponent(asText(value).toWellFormed()),
	xml: (value) => asText(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
	none: asText,
};

/**
 * No files and no other templates can be read, and nothing but the changes' own values; a template that takes too long
 * or makes too much gives an error, since it runs in the process that serves Directus.
 */
function engineFor(escape: Escape): Liquid {
	const engine = new Liquid({
		ownPropertyOnly: true,
		strictFilters: true,
		strictVariables: false,
		dynamicPartials: false,
		templates: {},
		parseLimit: 64 * 1024,
		renderLimit: 250,
		memoryLimit: 16_000_000,
		outputEscape: ESCAPES[escape],
	});
	engine.registerFilter('json', {
		raw: true,
		handler(value: unknown, space?: number) {
			const text = JSON.stringify(value ?? null, null, space);
			this.context.memoryLimit.use(text.length);
			return text;
		},
	});
	return engine;
}

const engines = new Map<Escape, Liquid>();
const engineOf = (escape: Escape): Liquid => {
	const known = engines.get(escape) ?? engineFor(escape);
	engines.set(escape, known);
	return known;
};

type Parsed = { templates: Template[]; names: string[] } | { problem: string };
const parsed = new Map<string, Parsed>();

function parse(source: string, escape: Escape): Parsed {
	const name = `${escape}:${source}`;
	const known = parsed.get(name);
	if (known) return known;
	const made = parseAnew(source, engineOf(escape));
	if (parsed.size > 1_000) parsed.clear();
	parsed.set(name, made);
	return made;
}

function parseAnew(source: string, engine: Liquid): Parsed {
	try {
		const templates = engine.parse(source);
		return { templates, names: engine.globalVariablesSync(templates) };
	} catch (error) {
		return { problem: inOneLine(error) };
	}
}

/** Liquid says line and column, and repeats the lines around it, which are not needed. */
const inOneLine = (error: unknown) => plainText(messageOf(error).split('\n', 1)[0] ?? '', 300);

/** What is wrong with a template, or null. */
export function templateProblem(source: string): string | null {
	const made = parse(source, 'none');
	if ('problem' in made) return `this template cannot be read: ${made.problem}`;
	const unknown = made.names.find((name) => !NAMES.includes(name));
	if (unknown === undefined) return null;
	if (unknown === 'secret')
		return 'the secret has places in the URL, in query values and in headers only, as {{secret}} without filters';
	return `there is no "${unknown}" here; a template can name ${NAMES.join(' and ')}, such as {{change.fields.title}}`;
}

/** Whether a template speaks of one change, so that each has to go by itself. */
export function namesOne(source: string): boolean {
	const made = parse(source, 'none');
	return 'names' in made && made.names.includes('change');
}

/** The text that a template gives, or why there is none. */
export function renderTemplate(
	source: string,
	values: TemplateValues,
	escape: Escape,
): { text: string } | { problem: string } {
	const made = parse(source, escape);
	if ('problem' in made) return made;
	try {
		return { text: String(engineOf(escape).renderSync(made.templates, values)) };
	} catch (error) {
		return { problem: inOneLine(error) };
	}
}

/** How values are written into a body of this type. */
export function escapeFor(contentType: string): Escape {
	const [type = ''] = contentType.toLowerCase().split(';', 1);
	if (/^(application\/json|[\w.-]+\/[\w.+-]+\+json)$/.test(type.trim())) return 'json';
	if (type.trim() === 'application/x-www-form-urlencoded') return 'uri';
	return /[/+](xml|html)$/.test(type.trim()) ? 'xml' : 'none';
}
