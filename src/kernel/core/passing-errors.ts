import { isPassingDatabaseCode } from './database-errors.js';
import { isRecord } from './is-record.js';
import { transportFault, type TransportFault } from './transport-errors.js';

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

/** The code of a database: SQLSTATE, MySQL's and SQLite's words for their numbers. */
export const isDatabaseError = ({ code }: Thing): boolean =>
	typeof code === 'string' && /^(?:[0-9A-Z]{5}|ER_\w+|WARN_\w+|SQLITE_\w+)$/.test(code);

/** Without the statement, and with it the values of the row, that knex puts in front. */
export function messageOf(error: Thing): string {
	const { sqlMessage, message } = error;
	if (typeof sqlMessage === 'string') return sqlMessage;
	if (typeof message !== 'string') return '';
	if (!isDatabaseError(error)) return message;
	const at = message.lastIndexOf(' - ');
	return at < 0 ? message : message.slice(at + 3);
}

export interface Thing {
	status?: unknown;
	code?: unknown;
	name?: unknown;
	message?: unknown;
	sqlMessage?: unknown;
}

export const isThing = (error: unknown): error is Thing => error instanceof Error || isRecord(error);
