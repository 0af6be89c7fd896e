import type { Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { plainText } from '../kernel/core/plain-text.js';
import { FLUSH_TARGETS, REMOTE_SOURCES, type TargetKind } from '../contract/vocabulary.js';
import type { Notice, RunningIncident } from './incidents.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { messageOf } from '../kernel/core/message-of.js';
import {
	incidentWords,
	MOST_OF_NAME,
	minuteOf,
	targetLink,
	type IncidentCounts,
	type IncidentFacts,
} from './core/incident-words.js';

/** What users are told, in Markdown. */
export interface NoticeText {
	subject: string;
	message: string;
}

export type NotifyUsers = ReturnType<typeof createNotifyUsers>;

/** Tells users of a target by Directus' own notifications, which also send an email to those who have that on. */
export function createNotifyUsers(ports: {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
	logger: Logger;
	publicUrl: string;
}) {
	return async function notifyUsers(
		target: { id: string; kind: TargetKind; name: string },
		recipients: () => Promise<string[]>,
		text: (link: string) => Promise<NoticeText> | NoticeText,
	): Promise<void> {
		try {
			const users = await recipients();
			if (users.length === 0) return;
			const { subject, message } = await text(targetLink(ports.publicUrl, target));
			const service = new ports.services.NotificationsService({
				schema: await ports.getSchema(),
				knex: ports.database,
				accountability: null,
			});
			const collection = target.kind === 'sync' ? REMOTE_SOURCES : FLUSH_TARGETS;
			for (const recipient of users)
				await service.createOne({ recipient, subject, message, collection, item: target.id });
		} catch (error) {
			const name = plainText(target.name, MOST_OF_NAME);
			ports.logger.error(`[downstream] nobody could be notified of "${name}": ${messageOf(error)}`);
		}
	};
}

/** What users are told of a release that was planned for a time, and failed then. */
export const failedRelease = (
	{ name, due, error }: { name: string; due: number; error: string },
	link: string,
): NoticeText => ({
	subject: `The release to ${plainText(name, MOST_OF_NAME)} failed`,
	message: `It was planned for ${minuteOf(due)} UTC. Nothing was written there, and its changes are still collected. The error: ${quoted(error)}\n\n[Open in Downstream](${link})`,
});

/** Tells users of a target's incident, with a link to the page that shows it. */
export function createNotifications(ports: {
	logger: Logger;
	notifyUsers: NotifyUsers;
	usersToNotify(target: string): Promise<string[]>;
	targetName(target: string): string;
	/** What has become of the target's deliveries since then. */
	counts(target: string, since: number): Promise<IncidentCounts>;
	/** Never throws. */
	tellWebhooks(facts: () => Promise<IncidentFacts>): Promise<void>;
}) {
	return async function notify(incident: RunningIncident, notice: Notice): Promise<void> {
		const name = plainText(ports.targetName(incident.target), MOST_OF_NAME);
		const { logger } = ports;
		if (notice === 'over') logger.info(`[downstream] "${name}" accepts changes again`);
		else if (notice === 'refused')
			logger.warn(`[downstream] "${name}" has refused something for good: ${incident.lastError.message}`);
		else logger.warn(`[downstream] "${name}" is failing: ${incident.lastError.message}`);
		let counted: Promise<IncidentCounts> | null = null;
		const counts = () => (counted ??= ports.counts(incident.target, incident.startedAt));
		await ports.notifyUsers(
			{ id: incident.target, kind: incident.kind, name },
			() => ports.usersToNotify(incident.target),
			async (link) => words({ incident, notice, name, ...(await counts()) }, link),
		);
		await ports.tellWebhooks(async () => ({ incident, notice, name, ...(await counts()) }));
	};
}

/** A receiver's words as they are: nothing in them is Markdown, a link or HTML, and they end on the line they begin on. */
const quoted = (text: string) => `\`${plainText(text, 1_000).replaceAll('`', "'")}\``;

function words(facts: IncidentFacts, link: string): NoticeText {
	const { subject, text, error } = incidentWords(facts);
	const said = error ? `${text} ${error.label}: ${quoted(error.message)}` : text;
	return { subject, message: `${said}\n\n[Open in Downstream](${link})` };
}
