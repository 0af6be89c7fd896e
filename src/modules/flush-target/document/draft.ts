import type { TargetStatus } from '../../../contract/vocabulary.js';
import type { Issue } from '../../endpoint/answers.js';
import { layOutRules } from './rules-layout.js';

/** A user who is notified of failures; `junction` is the stored row, if there is one. */
export interface Person {
	user: string;
	name: string;
	junction?: number;
}

/** What becomes of a secret, which nobody can read: undefined keeps what is stored, null removes it, a text replaces it. */
export type Secret = string | null | undefined;

/** A flush target as it is being edited. `rules` is the text of the document that both editors write. */
export interface Draft {
	status: TargetStatus;
	name: string;
	url: string;
	adapter: string;
	authHeader: string;
	apiKey: Secret;
	signingSecret: Secret;
	rules: string;
	options: Record<string, unknown>;
	people: Person[];
}

/** A flush target as the items API gives it; secrets are masked. */
export interface StoredTarget {
	id: string;
	status: TargetStatus;
	name: string | null;
	url: string | null;
	/** Only flush targets have this one, the next one and the signing secret. */
	adapter?: string | null;
	auth_header?: string | null;
	api_key: string | null;
	signing_secret?: string | null;
	schema: unknown;
	options: unknown;
	users_notification: { id: number; directus_users_id: StoredUser | null }[];
	date_created: string | null;
	date_updated: string | null;
}

export interface StoredUser {
	id: string;
	first_name: string | null;
	last_name: string | null;
	email: string | null;
}

/** A target that was never saved; of flush targets the recommended way is chosen. */
export const freshDraft = (isFlush = false): Draft => ({
	status: 'draft',
	name: '',
	url: '',
	adapter: 'webhook',
	authHeader: 'bearer',
	apiKey: undefined,
	signingSecret: undefined,
	rules: '[]',
	options: isFlush ? { tags: 'automatic' } : {},
	people: [],
});

/** The draft that changes nothing. */
export function readStored(target: StoredTarget): Draft {
	return {
		status: target.status,
		name: target.name ?? '',
		url: target.url ?? '',
		adapter: target.adapter ?? 'webhook',
		authHeader: target.auth_header || 'bearer',
		apiKey: undefined,
		signingSecret: undefined,
		rules: rulesAsText(target.schema),
		options: asObject(target.options),
		people: (target.users_notification ?? []).flatMap(({ id, directus_users_id: user }) =>
			user ? [{ user: user.id, name: nameOf(user), junction: id }] : [],
		),
	};
}

export const nameOf = ({ first_name, last_name, email, id }: StoredUser) =>
	[first_name, last_name].filter(Boolean).join(' ') || email || id;

/** The rules of a draft, or undefined where its text is no JSON. */
export function parsedRules({ rules }: Pick<Draft, 'rules'>): unknown {
	try {
		return JSON.parse(rules) as unknown;
	} catch {
		return undefined;
	}
}

/**
 * What has to be sent to the items API so that the draft is stored: only what differs from `start`, secrets only where
 * somebody typed or removed one. Rules whose text is no JSON are not among it; they must be fixed first.
 */
export function changedFields(draft: Draft, start: Draft): Record<string, unknown> {
	const changed: Record<string, unknown> = {};
	if (draft.status !== start.status) changed['status'] = draft.status;
	if (draft.name.trim() !== start.name.trim()) changed['name'] = draft.name.trim() || null;
	if (draft.url.trim() !== start.url.trim()) changed['url'] = draft.url.trim();
	if (draft.adapter !== start.adapter) changed['adapter'] = draft.adapter;
	if (draft.authHeader !== start.authHeader) changed['auth_header'] = draft.authHeader;
	if (draft.apiKey !== undefined && draft.apiKey !== '') changed['api_key'] = draft.apiKey;
	if (draft.signingSecret !== undefined && draft.signingSecret !== '') changed['signing_secret'] = draft.signingSecret;
	const rules = parsedRules(draft);
	if (rules !== undefined && !sameRules(draft.rules, start.rules)) changed['schema'] = rules;
	if (!sameJson(draft.options, start.options)) changed['options'] = draft.options;
	const people = changedPeople(draft.people, start.people);
	if (people) changed['users_notification'] = people;
	return changed;
}

/** Whether leaving now would lose something. */
export const isDirty = (draft: Draft, start: Draft) =>
	!sameRules(draft.rules, start.rules) || Object.keys(changedFields(draft, start)).length > 0;

/** Many-to-many in the shape of Directus: junction rows to make and to delete; null where nobody came or left. */
function changedPeople(people: Person[], start: Person[]) {
	const was = new Set(start.map(({ user }) => user));
	const is = new Set(people.map(({ user }) => user));
	const create = people.filter(({ user }) => !was.has(user)).map(({ user }) => ({ directus_users_id: user }));
	const removed = start.filter(({ user }) => !is.has(user));
	if (create.length === 0 && removed.length === 0) return null;
	return { create, update: [], delete: removed.flatMap(({ junction }) => (junction === undefined ? [] : [junction])) };
}

/** What can be said of a draft without asking anybody; paths are JSON pointers into the item. */
export function checkDraft({ url }: Draft, words: { urlMissing: string; urlWrong: string }): Issue[] {
	const text = url.trim();
	if (text === '') return [{ path: '/url', code: 'required', message: words.urlMissing }];
	const ok = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
	return ok ? [] : [{ path: '/url', code: 'invalid_url', message: words.urlWrong }];
}

/** Formatting alone is no change, since only the value is stored; the order of keys is one. */
function sameRules(one: string, other: string): boolean {
	if (one === other) return true;
	const [a, b] = [parsedRules({ rules: one }), parsedRules({ rules: other })];
	return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** The order of an options object's keys says nothing. */
const sameJson = (one: unknown, other: unknown) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, entry]) => [key, sorted(entry)]),
	);
}

/** A text is shown as it is, so that also what is broken can be fixed. */
function rulesAsText(schema: unknown): string {
	if (schema === null || schema === undefined) return '[]';
	if (typeof schema !== 'string') return layOutRules(schema);
	const parsed = parsedRules({ rules: schema });
	return parsed === undefined ? schema : layOutRules(parsed);
}

function asObject(options: unknown): Record<string, unknown> {
	const value = typeof options === 'string' ? parsedRules({ rules: options }) : options;
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? { ...(value as Record<string, unknown>) }
		: {};
}
