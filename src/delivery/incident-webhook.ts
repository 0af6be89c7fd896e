import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { Clock, Logger } from '../kernel/ports.js';
import type { HttpClient } from '../kernel/http.js';
import { maskText } from '../kernel/core/mask.js';
import { messageOf } from '../kernel/core/message-of.js';
import { withSignature } from '../kernel/core/signature.js';
import { signingSecrets } from '../kernel/core/signing-secret.js';
import { judgeStatus, waitBeforeRetry, type Verdict } from './core/verdict.js';
import { incidentFormatOf, incidentMessage, type IncidentFormat, type Told } from './core/incident-message.js';
import { targetLink, type IncidentFacts } from './core/incident-words.js';
import {
	claimNotice,
	dueNotices,
	insertNotices,
	postponeNotice,
	removeNotice,
	type StoredNotice,
} from './tables/notice-table.js';

/** Ten tries over about a day, as for deliveries. */
const RETRY = { tries: 10, min_ms: 1_000, max_ms: 65_536_000 };
const TIMEOUT_MS = 10_000;
/** The process that sends has ended by then, or died: another one may try. */
const CLAIM_MS = 60_000;
const LOOK_MS = 1_000;

interface Receiver {
	/** Names it in the database, where its address must not be. */
	hash: string;
	url: string;
	host: string;
	format: IncidentFormat;
}

/** The webhooks that incidents are told to, as the environment names them. */
export function incidentReceivers({
	DOWNSTREAM_INCIDENT_WEBHOOK: urls,
	DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: format,
}: Pick<Environment, 'DOWNSTREAM_INCIDENT_WEBHOOK' | 'DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT'>): Receiver[] {
	return urls.map((url) => ({
		hash: createHash('sha256').update(url).digest('base64url').slice(0, 22),
		url,
		host: new URL(url).host,
		format: format ?? incidentFormatOf(url),
	}));
}

/**
 * Tells webhooks of incidents. A message is a row until its receiver has taken it, so that it survives restarts and is
 * sent by one process; a receiver that got it twice, as its answer was lost, knows it by its `webhook-id`.
 */
export function createIncidentWebhook(ports: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	http: Pick<HttpClient, 'tell'>;
	environment: Parameters<typeof incidentReceivers>[0] &
		Pick<Environment, 'DOWNSTREAM_INCIDENT_WEBHOOK_SECRET' | 'PUBLIC_URL'>;
	/** Whether this process may send at all. */
	sends(): boolean;
}) {
	const { database, clock, logger, http, environment } = ports;
	const receivers = new Map(incidentReceivers(environment).map((receiver) => [receiver.hash, receiver]));
	const secrets = signingSecrets(environment.DOWNSTREAM_INCIDENT_WEBHOOK_SECRET ?? null);
	let lookedAt = 0;

	async function send(notice: StoredNotice, { url, host, format }: Receiver): Promise<void> {
		const now = clock.now();
		if (!(await claimNotice(database, notice, now + CLAIM_MS))) return;
		const request = { method: 'POST', url, headers: { 'content-type': 'application/json' }, body: notice.body };
		const as = { signs: format === 'generic', id: notice.id, secrets, extra: undefined };
		const verdict = await http
			.tell(withSignature(request, as, now), TIMEOUT_MS)
			.then((response) => judgeStatus(response, clock.now()), asVerdict);
		if (verdict.kind === 'delivered') return removeNotice(database, notice.id);
		const wait =
			verdict.kind === 'retry' ? waitBeforeRetry(notice.tries + 1, RETRY, verdict.retryAfterMs, clock.random()) : null;
		const why = `the incident webhook at ${host}: ${hide(verdict.message, url, secrets)}`;
		if (wait === null) {
			logger.error(`[downstream] ${why}; this message will not be sent again (DOWNSTREAM_INCIDENT_WEBHOOK)`);
			return removeNotice(database, notice.id);
		}
		logger.debug(`[downstream] ${why}; trying again in ${Math.ceil(wait / 1000)} s`);
		await postponeNotice(database, notice.id, clock.now() + wait);
	}

	async function sendDue(): Promise<void> {
		if (receivers.size === 0 || !ports.sends()) return;
		const due = await dueNotices(database, [...receivers.keys()], clock.now());
		await Promise.all(
			due.map((notice) => {
				const receiver = receivers.get(notice.receiver);
				return receiver && send(notice, receiver);
			}),
		);
	}

	return {
		/** Never throws. Does not wait until it is sent. */
		async tell(factsOf: () => Promise<IncidentFacts>): Promise<void> {
			if (receivers.size === 0) return;
			const now = clock.now();
			try {
				const facts = await factsOf();
				const { target: id, kind } = facts.incident;
				const page = targetLink(environment.PUBLIC_URL, { id, kind });
				const told: Told = { ...facts, at: now, link: URL.canParse(page) ? page : null };
				const notices = [...receivers.values()].map((receiver) => noticeTo(receiver, told, clock.id()));
				await insertNotices(database, notices);
				void sendDue().catch(report);
			} catch (error) {
				report(error);
			}
		},
		/** Sends what is due; called at every poll. Does not wait for answers, which may take long. */
		async tick(): Promise<void> {
			const now = clock.now();
			if (now - lookedAt < LOOK_MS) return;
			lookedAt = now;
			void sendDue().catch(report);
		},
	};

	function report(error: unknown): void {
		logger.warn(`[downstream] incidents could not be told to the webhook: ${messageOf(error)}`);
	}
}

const noticeTo = ({ hash, format }: Receiver, told: Told, id: string): StoredNotice => ({
	id,
	receiver: hash,
	body: incidentMessage(format, told),
	createdAt: told.at,
	nextAt: told.at,
	tries: 0,
});

/** What a receiver says may hold its own address, or a part of it. */
function hide(message: string, url: string, secrets: readonly string[]): string {
	const { pathname, search } = new URL(url);
	return maskText(message, [url, `${pathname}${search}`, pathname, search.slice(1), ...secrets]);
}

function asVerdict(error: unknown): Verdict {
	const { permanent, code } = error as { permanent?: boolean; code?: string };
	const message = messageOf(error);
	return permanent
		? { kind: 'failed', code: code ?? 'UNKNOWN', message }
		: { kind: 'retry', code: code ?? 'UNKNOWN', message, retryAfterMs: null };
}
