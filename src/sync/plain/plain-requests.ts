import type { Row } from '../../kernel/core/row.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import type { WireRequest } from '../../kernel/core/wire.js';

/** One instance's items API, as requests that are not sent yet. */
export interface PlainRequests {
	/** Which of the keys are there. */
	there(collection: string, primary: string, keys: string[]): WireRequest;
	create(collection: string, primary: string, rows: Row[]): WireRequest;
	/** The primary key is among each row's values. */
	update(collection: string, primary: string, rows: Row[]): WireRequest;
	remove(collection: string, keys: string[]): WireRequest;
	updateSingleton(collection: string, row: Row): WireRequest;
	/** What the token's user may do with each collection. */
	access(): WireRequest;
	/** Users with one of these external identifiers or e-mail addresses. */
	usersKnownBy(known: { external: string[]; email: string[] }): WireRequest;
}

/** For an answer that Directus did not give: something in between cut or changed it, so nothing follows from it. */
export const UNREADABLE: Verdict = {
	kind: 'retry',
	code: 'ANSWER_UNREADABLE',
	message: 'the answer is not what Directus answers; something in between may have changed or cut it',
	retryAfterMs: null,
};

/** What Directus' answer says went wrong, as far as it matters here. */
export interface PlainError {
	code: string;
	/** Another row has the same primary key. */
	isKeyTaken: boolean;
}

/** null if the answer is not one of Directus' errors. */
export function readPlainError(body: string, primary: string): PlainError | null {
	const [first] = (parsed(body)?.['errors'] ?? []) as { extensions?: Record<string, unknown> }[];
	const { code, field, primaryKey } = first?.extensions ?? {};
	if (typeof code !== 'string') return null;
	return { code, isKeyTaken: code === 'RECORD_NOT_UNIQUE' && (field === primary || primaryKey === true) };
}

/** The rows of an answer; null where there are none in it. */
export function readPlainRows(body: string): Row[] | null {
	const data = parsed(body)?.['data'];
	return Array.isArray(data) ? (data as Row[]) : null;
}

/** Whether an answer about access says that every item of the collection may be read. */
export function mayReadAll(body: string, collection: string): boolean {
	const access = parsed(body)?.['data'] as Record<string, { read?: { access?: string } } | undefined> | undefined;
	return access?.[collection]?.read?.access === 'full';
}

function parsed(body: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}
