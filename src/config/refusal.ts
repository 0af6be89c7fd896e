import type { Change, ConfigIssue } from '../contract/plan.js';
import { messageOf } from '../kernel/core/message-of.js';

/** Why a request was refused, with its HTTP status and details. */
export class ConfigRefusal extends Error {
	readonly status: number;
	readonly code: string;
	readonly details: Record<string, unknown>;

	constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
		super(message);
		this.name = 'ConfigRefusal';
		[this.status, this.code, this.details] = [status, code, details];
	}
}

/** All that is wrong with what was sent, at once. */
export function refuseIssues(what: string, issues: ConfigIssue[], status = 400): never {
	const [first] = issues;
	const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
	throw new ConfigRefusal(
		status,
		status === 400 ? 'INVALID_PAYLOAD' : 'REFUSED',
		`${what}: ${first ? `${first.path ? `${first.path}: ` : ''}${first.message}` : 'it is not valid'}${more}`,
		{ issues },
	);
}

/** A step that failed while it was applied: which one, and what the database or Directus said of it. */
export function stepFailure(change: Change, error: unknown): ConfigRefusal {
	if (error instanceof ConfigRefusal) return error;
	const thrown = error as { message?: unknown; code?: unknown; status?: unknown; extensions?: { field?: unknown } };
	const message = typeof thrown.message === 'string' ? thrown.message : String(error);
	const field = typeof thrown.extensions?.field === 'string' ? thrown.extensions.field : undefined;
	const status = typeof thrown.status === 'number' && thrown.status >= 400 && thrown.status < 500 ? 400 : 500;
	return new ConfigRefusal(
		status,
		typeof thrown.code === 'string' && /^[A-Z_]+$/.test(thrown.code) ? thrown.code : 'PUSH_FAILED',
		`${failedStep(change)}, and nothing was changed: ${message}`,
		{
			step: {
				kind: change.kind,
				sync_id: change.sync_id,
				name: change.name,
				action: change.action,
				...(field ? { field } : {}),
			},
		},
	);
}

const failedStep = ({ action, kind, name }: Change): string => `${verbs[action]} ${kind} "${name}" failed`;

/**
 * A push that failed and could not be undone completely: what went wrong first, and what is left of it.
 * @param left parts that are not what they were, in words
 * @param undoing what went wrong while it was undone
 */
export function leftBehind(first: unknown, left: readonly string[], undoing: readonly string[] = []): ConfigRefusal {
	const cause = messageOf(first).replace(', and nothing was changed: ', ': ');
	const because = undoing.length > 0 ? ` (${undoing.join('; ')})` : '';
	return new ConfigRefusal(
		500,
		'PARTIAL',
		`${cause}. Not everything could be undone${because}; this is not what it was: ${left.join(', ')}`,
		{ ...(first instanceof ConfigRefusal ? first.details : {}), partial: true, left: [...left] },
	);
}

const verbs = {
	create: 'creating',
	update: 'updating',
	delete: 'deleting',
	move: 'renaming',
	none: 'leaving',
} as const;
