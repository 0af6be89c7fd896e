import { z } from 'zod';
import { inGroupsOf } from '../../../kernel/core/in-groups-of.js';
import type { Issue } from '../../../contract/issue.js';
import type { WireRequest } from '../../../kernel/core/wire.js';
import type { Adapter, AdapterTarget, FlushChange } from '../adapter.js';
import { authorize } from '../authorize.js';
import { bytesOfEntry, entryOf, webhookBody } from '../webhook-body.js';
import { aroundSlots, fillSlots, hasSlot, inAddress } from './secret-slot.js';
import { escapeFor, namesOne, renderTemplate, templateProblem, type TemplateValues } from './template.js';
import { words } from './words.js';

const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'GET'] as const;
const JSON_TYPE = 'application/json';

const template = (most: number) =>
	z.string().superRefine((source, context) => {
		const problem = source.length > most ? `at most ${most} characters` : templateProblem(withoutSlots(source));
		if (problem !== null) context.addIssue({ code: 'custom', message: problem });
	});

const options = z.strictObject({
	method: z.enum(METHODS).default('POST').meta({ description: 'The method of the requests.' }),
	query: z
		.record(z.string().min(1).max(255), template(2_000))
		.refine((given) => Object.keys(given).length <= 50, 'at most 50 parameters')
		.optional()
		.meta({
			description: 'Parameters that are added to the URL; values are templates, and `{{secret}}` is the API key.',
		}),
	body: template(16_000)
		.optional()
		.meta({ description: 'A Liquid template for the body, in place of the list of changes.' }),
	details: z.boolean().default(false).meta({
		description: 'Each change also says what has become of the item (`type`) and who made the change (`user`).',
	}),
	content_type: z
		.string()
		.max(255)
		.regex(/^[\w.+-]+\/[\w.+-]+(\s*;[\x20-\x7e]*)?$/, 'expected a media type such as application/json')
		.default(JSON_TYPE)
		.meta({ description: 'The type of the body. JSON is checked before it is sent.' }),
});
type Options = z.output<typeof options>;

/** In a query value the slot is filled after the template has been rendered. */
const withoutSlots = (source: string) => fillSlots(source, '', () => '');

/** The parts of the target that templates and the secret are filled into. */
const templatesOf = ({ url, options: { query, body } }: AdapterTarget<Options>): string[] => [
	...(body === undefined ? [] : [body]),
	...Object.values(query ?? {}),
	...(url.includes('{{') ? [withoutSlots(url)] : []),
];

const slotted = ({ url, options: { query, headers } }: AdapterTarget<Options & { headers?: Record<string, string> }>) =>
	[url, ...Object.values(query ?? {}), ...Object.values(headers ?? {})].some(hasSlot);

/** One request; where a template gives nothing that can be sent, it says so (`problem`). */
function requestOf(
	group: FlushChange[],
	target: AdapterTarget<Options & { headers?: Record<string, string> }>,
): WireRequest {
	const { method = 'POST', query, body, details, content_type: type = JSON_TYPE, headers = {} } = target.options;
	const problems: string[] = [];
	const changes = group.map(entryOf);
	const values: TemplateValues = { changes, change: changes.length === 1 ? changes[0] : undefined };
	const secret = target.apiKey ?? '';
	const usesSecret = slotted(target);
	if (usesSecret && secret === '') problems.push('there is a place for {{secret}}, but the target has no API key');
	const fill = (source: string, where: string, escape: ReturnType<typeof escapeFor>): string => {
		const rendered = renderTemplate(source, values, escape);
		if ('text' in rendered) return rendered.text;
		problems.push(`${where}: ${rendered.problem}`);
		return '';
	};
	/** Around the slots, so that neither the secret is taken for a template nor a value for a slot. */
	const fillAround = (source: string, part: (text: string) => string, slot: (key: string) => string): string =>
		aroundSlots(source)
			.map((text, index) => (index % 2 === 1 ? slot(secret) : part(text)))
			.join('');
	const url = fillAround(target.url, (text) => (text.includes('{{') ? fill(text, 'the URL', 'uri') : text), inAddress);
	const parameters = Object.entries(query ?? {}).flatMap(([name, source]) => {
		const part = (text: string) => encodeURIComponent(fill(text, `query.${name}`, 'none').toWellFormed());
		const value = fillAround(source, part, encodeURIComponent);
		return value === '' ? [] : [`${encodeURIComponent(name)}=${value}`];
	});
	const text =
		method === 'GET'
			? null
			: body !== undefined
				? fill(body, 'the body template', escapeFor(type))
				: method === 'DELETE'
					? null
					: webhookBody(group, { details });
	if (text !== null && escapeFor(type) === 'json' && body !== undefined) {
		const wrong = jsonProblem(text);
		if (wrong !== null)
			problems.push(`the body template gives no JSON (${wrong}): write values as {{ value | json }}, or in quotes`);
	}
	const filled = Object.entries(headers).flatMap(([name, value]) =>
		hasSlot(value) ? [[name.toLowerCase(), fillSlots(value, secret, (key) => key)]] : [],
	);
	return {
		method,
		url: withQuery(url, parameters),
		headers: {
			...(text === null ? {} : { 'content-type': type }),
			...(usesSecret ? {} : authorize(target)),
			...(Object.fromEntries(filled) as Record<string, string>),
		},
		body: text,
		...(problems.length > 0 ? { problem: problems.join('; ') } : {}),
	};
}

function withQuery(url: string, parameters: string[]): string {
	if (parameters.length === 0) return url;
	const [address = '', ...fragment] = url.split('#');
	const mark = address.includes('?') ? (/[?&]$/.test(address) ? '' : '&') : '?';
	return [`${address}${mark}${parameters.join('&')}`, ...fragment].join('#');
}

function jsonProblem(text: string): string | null {
	try {
		JSON.parse(text);
		return null;
	} catch (error) {
		return (error as Error).message;
	}
}

export const adapter: Adapter<Options> = {
	name: 'webhook',
	title: 'Webhook',
	icon: 'webhook',
	words,
	description:
		'Sends the changes as a JSON array, or as the body template makes it, to a URL, signed where the target has a signing secret.',
	options,
	signs: true,
	group: (changes, target) =>
		templatesOf(target).some(namesOne)
			? changes.map((change) => [change])
			: inGroupsOf(target.options.batch_size, changes),
	bytes: bytesOfEntry,
	requests: (group, target) => [requestOf(group, target)],
	problems({ url, hasKey, options: given }): Issue[] {
		const target = { url, authHeader: 'no-auth', apiKey: null, options: given };
		const issues: Issue[] = [];
		if (/^[^/]*:?\/\/[^/?#]*\{\{/.test(url))
			issues.push({ path: '/url', code: 'invalid_url', message: 'the host of a URL is not filled in: write it out' });
		const problem = url.includes('{{') ? templateProblem(withoutSlots(url)) : null;
		if (problem) issues.push({ path: '/url', code: 'invalid_template', message: problem });
		if (given.method === 'GET' && given.body !== undefined)
			issues.push({
				path: '/options/body',
				code: 'no_body',
				message: 'a GET request has no body: use query, or another method',
			});
		if (!hasKey && slotted(target))
			issues.push({
				path: '/api_key',
				code: 'missing_secret',
				message: 'there is a place for {{secret}}, so the target needs an API key',
			});
		return issues;
	},
	judge: () => null,
	rate: () => null,
};
