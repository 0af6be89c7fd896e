import { messageOf } from '../kernel/core/message-of.js';

/** Where in its input something is wrong, and what. */
export interface FailureDetail {
	/** A file and a JSON pointer, a key, a table and a name; empty where there is no place. */
	place: string;
	message: string;
	/** A name that was likely meant. */
	suggestion?: string | undefined;
	/** What to do about it, as an order. */
	hint?: string | undefined;
}

/** What a person is told when a command cannot do its work: what went wrong, where, and what to do about it. */
export class Failure extends Error {
	/** For programs: stable, in upper case. */
	readonly code: string;
	readonly where: string | null;
	/** One thing to do, as an order; null where nothing is known. */
	readonly advice: string | null;
	readonly details: FailureDetail[];

	constructor(
		code: string,
		message: string,
		more: {
			where?: string | null | undefined;
			advice?: string | null | undefined;
			details?: FailureDetail[] | undefined;
			cause?: unknown;
		} = {},
	) {
		super(message, more.cause === undefined ? undefined : { cause: more.cause });
		this.name = 'Failure';
		this.code = code;
		this.where = more.where ?? null;
		this.advice = more.advice ?? null;
		this.details = more.details ?? [];
	}
}

/** Anything that was thrown, as a failure. An unforeseen one keeps its message, and asks for `--debug`. */
export function failureOf(error: unknown): Failure {
	if (error instanceof Failure) return error;
	const message = messageOf(error);
	return new Failure('UNEXPECTED', message || 'An unexpected error occurred.', {
		advice: 'Run it again with --debug to see where it comes from.',
		cause: error,
	});
}

/** The failure as JSON output has it. */
export function failureAsData({ code, message, where, advice, details }: Failure) {
	return { error: { code, message, where, advice, details } };
}
