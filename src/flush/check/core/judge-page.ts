/** What is known of when the page was made that a visitor gets, by this instance's clock; both ends in ms since 1970. */
export interface Made {
	after: number;
	until: number;
}

export const UNKNOWN_MADE: Made = { after: -Infinity, until: Infinity };

/** One answer of the site. */
export interface SeenPage {
	status: number;
	/** Names in lower case. */
	headers: Readonly<Record<string, string>>;
	digest: string;
	askedAt: number;
	answeredAt: number;
}

export type PageVerdict = 'fresh' | 'stale' | 'unsure';

/** Where caches say whether they had the page. */
const CACHE_HEADERS = [
	'cache-status',
	'cf-cache-status',
	'x-cache',
	'x-cache-status',
	'x-nextjs-cache',
	'x-proxy-cache',
	'x-vercel-cache',
];

const said = ({ headers }: Pick<SeenPage, 'headers'>) =>
	CACHE_HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]));

/** Some cache on the way has kept it. */
const isHit = (page: SeenPage) => said(page).some((text) => /\bhit\b|\bstale\b/i.test(text));
/** Every cache on the way says that it has asked further. */
const isMiss = (page: SeenPage) =>
	!isHit(page) && said(page).some((text) => /\b(miss|expired|bypass|dynamic|revalidated)\b|fwd=/i.test(text));

/**
 * Narrows down when the page was made. `Age` counts whole seconds, so that one answer tells it to a second; several, asked
 * at different parts of a second, tell it better. Contradictions mean another page.
 */
export function whenMade(known: Made, { headers, askedAt, answeredAt }: SeenPage): Made {
	const age = Number(headers['age']);
	if (headers['age'] === undefined || !Number.isFinite(age) || age < 0) return known;
	const seen = { after: askedAt - (age + 1) * 1_000, until: answeredAt - age * 1_000 };
	const narrowed = { after: Math.max(known.after, seen.after), until: Math.min(known.until, seen.until) };
	return narrowed.after <= narrowed.until ? narrowed : seen;
}

/**
 * Whether a page was made after a change.
 * @param made as it is known with this answer
 * @param digestBefore of the page before the change; null where it is not known
 */
export function judgePage(page: SeenPage, made: Made, changedAt: number, digestBefore: string | null): PageVerdict {
	if (page.status >= 500) return 'unsure';
	if (isMiss(page) || made.after >= changedAt) return 'fresh';
	if (made.until < changedAt) return 'stale';
	return digestBefore !== null && page.digest !== digestBefore ? 'fresh' : 'unsure';
}

/** What a person looks at to see why a page is what it is. */
export function inHeaders(page: SeenPage): string {
	const told = ['age', 'date', 'cache-control'].flatMap((name) =>
		page.headers[name] === undefined ? [] : [`${name}: ${page.headers[name]}`],
	);
	return [`status ${page.status}`, ...told, ...said(page)].join(', ').slice(0, 500);
}
