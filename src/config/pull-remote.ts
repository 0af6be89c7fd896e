import { LIMITS } from '../../schema.js';
import type { Bundle } from '../contract/bundle.js';
import { checkBundle } from './core/dump/check-bundle.js';
import type { ConfigIssue } from '../contract/plan.js';
import { isRecord } from '../kernel/core/is-record.js';
import { maskText } from '../kernel/core/mask.js';
import { readJson } from '../kernel/core/read-json.js';
import type { WireRequest, WireResponse } from '../kernel/core/wire.js';
import { ConfigRefusal } from './refusal.js';

/** Another instance, and the token of an admin there. */
export interface Remote {
	url: string;
	token: string;
}

/** Throws an error with a `code` where no answer came. */
export type Send = (request: WireRequest, timeoutMs: number, most: number) => Promise<WireResponse>;

const TIMEOUT_MS = 60_000;

/**
 * The configuration of another instance, which is asked for it by its own endpoint. The token goes there and nowhere else:
 * what that instance says is told without it.
 * @param choice what is asked for, as its `POST /downstream/config/pull` takes it
 * @throws ConfigRefusal (422) with a code that begins with REMOTE_
 */
export async function pullRemote({ url, token }: Remote, choice: object, send: Send): Promise<Bundle> {
	const base = addressOf(url);
	const ask = (method: string, path: string, body: object | null) => {
		const headers = {
			authorization: `Bearer ${token}`,
			'content-type': 'application/json',
			accept: 'application/json',
		};
		const text = body && JSON.stringify(body);
		return send({ method, url: `${base}${path}`, headers, body: text }, TIMEOUT_MS, LIMITS.remoteConfig).catch(
			(error: unknown) => refuse(...notReached(error, token)),
		);
	};
	const answer = await ask('POST', '/downstream/config/pull', choice);
	if (answer.status !== 200) {
		const refusal = readRefusal(answer, token, base);
		if (refusal.status !== 404 || !refusal.isDirectus) return refuse(...notGiven(refusal, base));
		// An older version of this package has the one route, but not the other.
		const status = await ask('GET', '/downstream/status', null);
		return refuse(...(status.status === 200 ? tooOld(status, base) : withoutPackage(base)));
	}
	if (answer.body.length >= LIMITS.remoteConfig)
		return refuse('REMOTE_TOO_LARGE', `the configuration of ${base} is larger than ${LIMITS.remoteConfig >> 20} MB`);
	const json = readJson(answer.body);
	if (!isRecord(json) || !isRecord(json['data'])) return refuse(...notDirectus(200, base));
	refuseHidden(json['meta'], base);
	const { bundle, issues } = checkBundle(json['data']);
	if (bundle) return bundle;
	const isNewer = issues.some(({ code }) => code === 'newer_version');
	return refuse(
		isNewer ? 'REMOTE_NEWER' : 'REMOTE_INVALID',
		`the configuration of ${base} cannot be used: ${issues[0]?.message ?? 'it is not valid'}`,
		{ issues },
	);
}

/** People paste what is in front of them: the address of a page of the Studio is as good as that of its Directus. */
function addressOf(given: string): string {
	const text = given.trim();
	const url = URL.canParse(text) ? new URL(text) : null;
	if (!url || !['http:', 'https:'].includes(url.protocol))
		return refuse('REMOTE_ADDRESS', 'this is no http or https URL: expected something like https://cms.example.com');
	return `${url.origin}${url.pathname.replace(/\/admin(\/.*)?$/, '').replace(/(?<!\/)\/+$/, '')}`;
}

type Reason = [code: string, message: string];

function notReached(error: unknown, token: string): Reason {
	const { code, message } = error as { code?: unknown; message?: unknown };
	const text = maskText(typeof message === 'string' ? message : String(error), [token]);
	return [code === 'ADDRESS_DENIED' ? 'REMOTE_DENIED' : 'REMOTE_UNREACHABLE', text];
}

interface Refused {
	status: number;
	isDirectus: boolean;
	message: string;
	redirect: string | null;
}

function readRefusal({ status, headers, body }: WireResponse, token: string, asked: string): Refused {
	const json = readJson(body);
	const [error] = isRecord(json) && Array.isArray(json['errors']) ? (json['errors'] as unknown[]) : [];
	const isDirectus = isRecord(error) && isRecord(error['extensions']);
	const { location } = headers;
	return {
		status,
		isDirectus,
		message: isDirectus ? maskText(String(error['message'] ?? '').slice(0, 500), [token]) : '',
		redirect: status >= 300 && status < 400 && location ? (URL.parse(location, asked)?.origin ?? null) : null,
	};
}

function notGiven({ status, isDirectus, message, redirect }: Refused, base: string): Reason {
	if (redirect) return ['REMOTE_REDIRECTS', `${base} leads to ${redirect}: give the address where it ends`];
	if (!isDirectus) return notDirectus(status, base);
	if (status === 401) return ['REMOTE_UNAUTHENTICATED', `${base} does not know this token`];
	if (status === 403) return ['REMOTE_FORBIDDEN', `the token is not an admin's on ${base}`];
	return ['REMOTE_REFUSED', `${base} answered ${status}: ${message}`];
}

const notDirectus = (status: number, base: string): Reason => [
	'REMOTE_NOT_DIRECTUS',
	`${base} does not answer as Directus does (${status}): is this its address?`,
];

const withoutPackage = (base: string): Reason => [
	'REMOTE_WITHOUT_PACKAGE',
	`directus-extension-downstream is not installed on ${base}`,
];

function tooOld({ body }: WireResponse, base: string): Reason {
	const json = readJson(body);
	const version = isRecord(json) && isRecord(json['data']) ? String(json['data']['version'] ?? '?') : '?';
	return [
		'REMOTE_OLDER',
		`${base} has version ${version} of directus-extension-downstream, which cannot be pulled from`,
	];
}

/** What an instance does not show must never be taken for what it does not have. */
function refuseHidden(meta: unknown, base: string): void {
	const issues = isRecord(meta) && Array.isArray(meta['issues']) ? (meta['issues'] as ConfigIssue[]) : [];
	if (issues.length === 0) return;
	refuse('REMOTE_INCOMPLETE', `${base} does not show all of its configuration: ${issues[0]?.message ?? ''}`, {
		issues,
	});
}

function refuse(code: string, message: string, details: Record<string, unknown> = {}): never {
	throw new ConfigRefusal(422, code, message, details);
}
