import { isDatabaseError, isThing, messageOf } from '../../../kernel/core/passing-errors.js';

/** Why a row cannot be written: Directus' or the database's own message, for people. */
export interface Refusal {
	code: string;
	message: string;
}

/** A table or a column is not there: the schema is being changed just now, or the database was changed past Directus. */
const SCHEMA_CODES = new Set(['42P01', '42703', 'ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR']);

/** Whether a row is refused because the database is not, or not yet, as Directus takes it to be. */
export function isSchemaMoved(error: unknown): boolean {
	if (!isThing(error)) return false;
	const isMissing = error.code === 'SQLITE_ERROR' && /no such (table|column)|has no column/.test(messageOf(error));
	return isMissing || SCHEMA_CODES.has(String(error.code));
}

/** The longest reason that is handed on. */
const LONGEST = 1_000;

/** What refused a row, and why. Directus throws several errors at once where several fields are wrong; flows throw anything. */
export function refusalOf(error: unknown): Refusal {
	if (Array.isArray(error) && error.length > 0) {
		const all = error.map(refusalOf);
		const messages = [...new Set(all.map(({ message }) => message))];
		return { code: all[0]?.code ?? 'REFUSED', message: cut(messages.join(' ')) };
	}
	if (!isThing(error))
		return { code: 'REFUSED', message: cut(`it was refused here: ${typeof error === 'string' ? error : said(error)}`) };
	const { status, code } = error;
	const words = messageOf(error);
	if (typeof status === 'number') return { code: typeof code === 'string' ? code : 'REFUSED', message: cut(words) };
	if (isDatabaseError(error)) return { code: 'DATABASE_REFUSED', message: cut(`the database refuses it: ${words}`) };
	return { code: 'REFUSED', message: cut(`it was refused here: ${words || said(error)}`) };
}

function said(error: unknown): string {
	if (error === undefined || error === null) return 'no reason was given';
	try {
		return JSON.stringify(error) ?? String(error);
	} catch {
		return String(error);
	}
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
