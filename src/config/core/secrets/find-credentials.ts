import { isRecord } from '../../../kernel/core/is-record.js';

/** Names of headers, options and query parameters whose value is a credential. */
const NAMES =
	/(^|[^a-z])(authorization|cookie|pass(word|wd|phrase)?|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|credentials?)$/i;
const CAMEL = /(Authorization|Password|Secret|Token|ApiKey|AccessKey|PrivateKey|Credentials?)$/;

/**
 * Values recognised by their own form, with the text `before` and `after` the credential itself. Every repetition is
 * bounded: a long text must not be read again from each of its words.
 */
const VALUES = [
	/^(?<before>(?:bearer|basic|token|digest)\s+)[\w+/=.~-]{8,}$/i,
	/\b(?<before>[a-z][a-z\d+.-]{0,30}:\/\/[^\s/:@]{0,255}:)[^\s/@{]{1,255}(?<after>@)/i,
	/(?<before>[?&](?:access_token|api_?key|apikey|token|secret|password|sig|signature)=)[^&\s{]{6,}/i,
	/\b(?:sk|pk|rk)_(?:live|test)_\w{10,}/,
	/\bsk-[\w-]{20,}/,
	/\b(?:ghp|gho|ghs|ghu|ghr)_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/,
	/\bxox[abprs]-[\w-]{10,}/,
	/\b(?:AKIA|ASIA)[A-Z\d]{16}\b/,
	/\bAIza[\w-]{30,}/,
	/(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,2000}(?:\.[\w-]{0,2000})?/,
	/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]{0,20000}-----END [A-Z ]{0,40}PRIVATE KEY-----)?/,
	/(?<before>\bhttps:\/\/hooks\.slack\.com\/services\/)\w+\/\w+\/\w+/,
	/(?<before>\bhttps:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/)\d+\/[\w-]+/,
];
const EVERY_VALUE = VALUES.map(({ source, flags }) => new RegExp(source, `${flags}g`));

/** Whether a value is, by itself, a credential. One that a flow fills in (`{{$env.TOKEN}}`) is none. */
export function looksSecret(value: unknown): boolean {
	return typeof value === 'string' && VALUES.some((pattern) => pattern.test(value)) && !isTemplate(value);
}

/** Placeholders that a flow or a push fills in (`${SECRET:…}`). */
const isTemplate = (text: string): boolean =>
	/^\s*((bearer|basic|token)\s+)?(\{\{.*\}\}|\$\{SECRET:\w+\})\s*$/is.test(text);

/** Whether a value under this name is a credential, whatever it looks like. */
const namesSecret = (name: string): boolean => NAMES.test(name) || CAMEL.test(name);

/** Every credential matches this by name or value, so one test of their JSON rules out most elements. */
const HINT =
	/auth|cookie|pass|secret|token|[-_ a-z]key|credential|bearer|basic|digest|:\/\/[^\s/@]{0,600}@|[?&]sig|[sprk]k[-_]|gh[pousr]_|github_pat|glpat|xox|akia|asia|aiza|eyj|private key|hooks\.slack|discord/i;

/** Whether JSON may contain a credential; false is certain. */
export const mayHoldCredentials = (json: string): boolean => HINT.test(json);

/** The parts of a text that are credentials, in order, without the text that only names their kind. */
export function credentialParts(text: string): { start: number; end: number }[] {
	if (!looksSecret(text)) return [];
	const parts = EVERY_VALUE.flatMap((pattern) =>
		Array.from(text.matchAll(pattern), ({ 0: whole, index, groups }) => ({
			start: index + (groups?.['before']?.length ?? 0),
			end: index + whole.length - (groups?.['after']?.length ?? 0),
		})),
	).toSorted((a, b) => a.start - b.start || b.end - a.end);
	return parts.filter((part, index) => !parts.slice(0, index).some((earlier) => part.start < earlier.end));
}

/** The places within a value that hold what looks like a credential; the credentials themselves are not told. */
export function findCredentials(value: unknown, path: string): string[] {
	const paths: string[] = [];
	const walk = (node: unknown, at: string, name: string): void => {
		if (typeof node === 'string') {
			const filled = node.trim() !== '' && !isTemplate(node);
			if (filled && (looksSecret(node) || (namesSecret(name) && !node.includes('$t:')))) paths.push(at);
		} else if (Array.isArray(node)) node.forEach((entry, index) => walk(entry, `${at}[${index}]`, name));
		else if (isRecord(node)) {
			// Headers of a request are pairs: `{ header: "Authorization", value: "…" }`.
			const called = [node['header'], node['name'], node['key']].find((entry) => typeof entry === 'string');
			for (const [key, entry] of Object.entries(node)) {
				walk(entry, `${at}.${key}`, key === 'value' && typeof called === 'string' ? called : key);
			}
		}
	};
	walk(value, path, nameIn(path));
	return paths;
}

/** `Authorization` of `options.headers[Authorization].value`: what the last part of a path is called. */
const nameIn = (path: string): string => /\[([^[\]]+)\]\.value$/.exec(path)?.[1] ?? path;
