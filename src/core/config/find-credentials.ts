import { isRecord } from '../is-record.js';

/** Names of headers, options and query parameters whose value is a credential. */
const NAMES =
	/(^|[^a-z])(authorization|cookie|pass(word|wd|phrase)?|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|client[-_ ]?secret|credentials?)$/i;
const CAMEL = /(Authorization|Password|Secret|Token|ApiKey|AccessKey|PrivateKey|Credentials?)$/;

/** Values that say themselves what they are. */
const VALUES = [
	/^(bearer|basic|token|digest)\s+[\w+/=.~-]{8,}$/i,
	/\b[a-z][a-z\d+.-]*:\/\/[^\s/:@]*:[^\s/@{]+@/i,
	/[?&](access_token|api_?key|apikey|token|secret|password|sig|signature)=[^&\s{]{6,}/i,
	/\b(sk|pk|rk)_(live|test)_[\w]{10,}/,
	/\bsk-[\w-]{20,}/,
	/\b(ghp|gho|ghs|ghu|ghr)_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/,
	/\bxox[abprs]-[\w-]{10,}/,
	/\b(AKIA|ASIA)[A-Z\d]{16}\b/,
	/\bAIza[\w-]{30,}/,
	/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/,
	/-----BEGIN [A-Z ]*PRIVATE KEY-----/,
	/\bhttps:\/\/hooks\.slack\.com\/services\/\w+\/\w+\/\w+/,
	/\bhttps:\/\/(\w+\.)?discord(app)?\.com\/api\/webhooks\/\d+\/[\w-]+/,
];

/** Whether a value is, by itself, a credential. One that a flow fills in (`{{$env.TOKEN}}`) is none. */
export function looksSecret(value: unknown): boolean {
	return typeof value === 'string' && VALUES.some((pattern) => pattern.test(value)) && !isTemplate(value);
}

const isTemplate = (text: string): boolean => /^\s*((bearer|basic|token)\s+)?\{\{.*\}\}\s*$/is.test(text);

/** Whether what is called this is a credential, whatever it looks like. */
const namesSecret = (name: string): boolean => NAMES.test(name) || CAMEL.test(name);

/** The places within a value that hold what looks like a credential; the credentials themselves are not told. */
export function findCredentials(value: unknown, path: string): string[] {
	const found: string[] = [];
	const walk = (node: unknown, at: string, name: string): void => {
		if (typeof node === 'string') {
			const filled = node.trim() !== '' && !isTemplate(node);
			if (filled && (looksSecret(node) || (namesSecret(name) && !node.includes('$t:')))) found.push(at);
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
	return found;
}

/** `Authorization` of `options.headers[Authorization].value`: what the last part of a path is called. */
const nameIn = (path: string): string => /\[([^\]]+)\]\.value$/.exec(path)?.[1] ?? path;
