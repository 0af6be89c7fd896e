import type { Issue } from '../../contract/issue.js';

/** Why a request did not give what was asked for, in a form that a page can show. */
export interface Failure {
	/** HTTP status; 0 where no answer came. */
	status: number;
	code: string;
	/** In the endpoint's words; empty where it said nothing. */
	message: string;
	/** What is wrong, and where, for input that was refused. */
	issues: Issue[];
}

interface Answered {
	message?: string;
	response?: { status: number; data?: { errors?: { message?: string; extensions?: Record<string, unknown> }[] } };
}

/** Reads whatever a request threw: axios' errors, and those of this page itself. */
export function readFailure(thrown: unknown): Failure {
	const { response, message = String(thrown) } = (thrown ?? {}) as Answered;
	if (!response) return { status: 0, code: 'NO_ANSWER', message, issues: [] };
	const error = response.data?.errors?.[0];
	return {
		status: response.status,
		code: String(error?.extensions?.['code'] ?? `HTTP_${response.status}`),
		message: error?.message ?? '',
		issues: (error?.extensions?.['issues'] as Issue[] | undefined) ?? [],
	};
}

/** Requests that were given up because the page was left, or asked again. */
export const wasGivenUp = (thrown: unknown) => (thrown as { code?: string } | null)?.code === 'ERR_CANCELED';
