import type { Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { plainText } from '../kernel/core/plain-text.js';
import { FLUSH_TARGETS, REMOTE_SOURCES } from '../contract/vocabulary.js';
import type { Notice, RunningIncident } from './incidents.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import { messageOf } from '../kernel/core/message-of.js';

/**
 * Tells users of a target's incident by Directus' own notifications (which also send an email to those who have
 * that on), with a link to the page that shows it.
 */
export function createNotifications(ports: {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
	logger: Logger;
	publicUrl: string;
	usersToNotify(target: string): Promise<string[]>;
	targetName(target: string): string;
	/** Deliveries of the target that needed more than one try or failed since then. */
	affected(target: string, since: number): Promise<number>;
}) {
	return async function notify(incident: RunningIncident, notice: Notice): Promise<void> {
		const name = plainText(ports.targetName(incident.target), MOST_OF_NAME);
		const { logger } = ports;
		if (notice === 'over') logger.info(`[downstream] "${name}" is back`);
		else if (notice === 'refused')
			logger.warn(`[downstream] "${name}" has refused something for good: ${incident.lastError.message}`);
		else logger.warn(`[downstream] "${name}" is failing: ${incident.lastError.message}`);
		try {
			const users = await ports.usersToNotify(incident.target);
			if (users.length === 0) return;
			const affected = await ports.affected(incident.target, incident.startedAt);
			const { subject, message } = words(
				incident,
				notice,
				name,
				affected,
				`${ports.publicUrl.replace(/\/$/, '')}/admin/downstream/${incident.kind}/${incident.target}`,
			);
			const service = new ports.services.NotificationsService({
				schema: await ports.getSchema(),
				knex: ports.database,
				accountability: null,
			});
			const collection = incident.kind === 'sync' ? REMOTE_SOURCES : FLUSH_TARGETS;
			for (const recipient of users)
				await service.createOne({ recipient, subject, message, collection, item: incident.target });
		} catch (error) {
			logger.error(`[downstream] nobody could be notified of "${name}": ${messageOf(error)}`);
		}
	};
}

/** A subject has at most 255 characters, and so has a target's name. */
const MOST_OF_NAME = 200;

/** A receiver's words as they are: nothing in them is Markdown, a link or HTML, and they end on the line they begin on. */
const quoted = (text: string) => `\`${plainText(text, 1_000).replaceAll('`', "'")}\``;

function words(
	incident: RunningIncident,
	notice: Notice,
	name: string,
	affected: number,
	link: string,
): { subject: string; message: string } {
	const since = new Date(incident.startedAt).toISOString().replace('T', ' ').slice(0, 16);
	const error = quoted(incident.lastError.message);
	const changes = affected === 1 ? '1 delivery' : `${affected} deliveries`;
	const more = `[Open in Downstream](${link})`;
	if (notice === 'over')
		return {
			subject: `${name} is up to date again`,
			message: `It was failing since ${since} UTC. ${changes} ${affected === 1 ? 'was' : 'were'} affected.\n\n${more}`,
		};
	if (notice === 'refused')
		return {
			subject: `${name} has refused something`,
			message: `It accepts other changes, but ${incident.count === 1 ? '1 delivery has' : `${incident.count} deliveries have`} failed for good. Retry or cancel ${incident.count === 1 ? 'it' : 'them'}. The error: ${error}\n\n${more}`,
		};
	if (notice === 'digest')
		return {
			subject: `${name} is still failing`,
			message: `Since ${since} UTC, ${incident.count} attempts failed. The last error: ${error}\n\n${more}`,
		};
	return {
		subject: `${name} is failing`,
		message: `Changes are queued, and sent when it recovers. The error: ${error}\n\n${more}`,
	};
}
