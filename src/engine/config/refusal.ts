import type { Change, ConfigIssue } from '../../core/config/plan-shape.js';

/** Why something was not done, for whoever asked: with a status of HTTP, and what belongs to it. */
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
	const said = error as { message?: unknown; code?: unknown; status?: unknown; extensions?: { field?: unknown } };
	const message = typeof said.message === 'string' ? said.message : String(error);
	const field = typeof said.extensions?.field === 'string' ? said.extensions.field : undefined;
	const status = typeof said.status === 'number' && said.status >= 400 && said.status < 500 ? 400 : 500;
	return new ConfigRefusal(
		status,
		typeof said.code === 'string' && /^[A-Z_]+$/.test(said.code) ? said.code : 'PUSH_FAILED',
		`${verbs[change.action]} ${change.kind} "${change.name}" failed, and nothing was changed: ${message}`,
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

const verbs = { create: 'creating', update: 'updating', delete: 'deleting', none: 'leaving' } as const;
