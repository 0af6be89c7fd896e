import { isPassingDatabaseCode } from '../../../kernel/core/database-errors.js';
import { transportFault, type TransportFault } from '../../../kernel/core/transport-errors.js';
import { isRecord } from '../../../kernel/core/is-record.js';

/** Why a row cannot be written: Directus' or the database's own message, for people. */
export interface Refusal {
	code: string;
	message: string;
}

/** Statuses by which Directus, or a flow, says "not now". */
const NOT_NOW = new Set([408, 425, 429, 503]);

/** Errors of this process' own system: out of files, space or memory. */
const PASSING_CODES = new Set(['EMFILE', 'ENFILE', 'ENOSPC', 'EIO', 'ERR_STREAM_PREMATURE_CLOSE']);

const isPassingCode = (code: string): boolean =>
	PASSING_CODES.has(code) ||
	code.startsWith('PROTOCOL_') ||
	isPassingDatabaseCode(code) ||
	PASSING_FAULTS.includes(transportFault(code));

/** Faults of the network on the way to a database or a storage. */
const PASSING_FAULTS: (TransportFault | null)[] = ['name', 'refused', 'unreachable', 'closed', 'slow'];

/** Errors without a code. */
const PASSING_WORDS = /connection error|timeout acquiring a connection|socket hang up|server closed/i;

/** Two looks instead of one expression: `connection.*lost` takes the square of a hostile text's length. */
function tellsOfLostConnection(text: string): boolean {
	const at = text.search(/connection/i);
	return at !== -1 && /lost|terminated|closed|reset|refused|ended/i.test(text.slice(at));
}

const arePassing = (words: string) => PASSING_WORDS.test(words) || tellsOfLostConnection(words);

/**
 * Whether an error speaks of the moment, and of no row: the same rows may be taken a little later. Anything else is the
 * fault of some row, whatever threw it: Directus, a flow, a hook, the database.
 */
export function mayPass(error: unknown): boolean {
	if (Array.isArray(error)) return error.length > 0 && error.every(mayPass);
	if (!isThing(error)) return false;
	const { status, code, name, message } = error;
	if (typeof status === 'number') return NOT_NOW.has(status);
	if (typeof code === 'string' && isPassingCode(code)) return true;
	return name === 'KnexTimeoutError' || (typeof message === 'string' && arePassing(messageOf(error)));
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

/** The code of a database: SQLSTATE, MySQL's and SQLite's words for their numbers. */
const isDatabaseError = ({ code }: Thing): boolean =>
	typeof code === 'string' && /^(?:[0-9A-Z]{5}|ER_\w+|WARN_\w+|SQLITE_\w+)$/.test(code);

/** Without the statement, and with it the values of the row, that knex puts in front. */
function messageOf(error: Thing): string {
	const { sqlMessage, message } = error;
	if (typeof sqlMessage === 'string') return sqlMessage;
	if (typeof message !== 'string') return '';
	if (!isDatabaseError(error)) return message;
	const at = message.lastIndexOf(' - ');
	return at < 0 ? message : message.slice(at + 3);
}

interface Thing {
	status?: unknown;
	code?: unknown;
	name?: unknown;
	message?: unknown;
	sqlMessage?: unknown;
}

const isThing = (error: unknown): error is Thing => error instanceof Error || isRecord(error);

function said(error: unknown): string {
	if (error === undefined || error === null) return 'no reason was given';
	try {
		return JSON.stringify(error) ?? String(error);
	} catch {
		return String(error);
	}
}

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
