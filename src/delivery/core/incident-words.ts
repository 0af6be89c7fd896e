import { plainText } from '../../kernel/core/plain-text.js';
import type { TargetKind } from '../../contract/vocabulary.js';
import type { Notice, RunningIncident } from '../incidents.js';

/** What is told of an incident, whatever the way. */
export interface IncidentFacts {
	incident: RunningIncident;
	notice: Notice;
	/** What the target is called, on one line. */
	name: string;
	/** Deliveries of the target that needed more than one try or failed since it began. */
	affected: number;
}

/** The page of the Studio that shows a target. */
export const targetLink = (publicUrl: string, { kind, id }: { kind: TargetKind; id: string }): string =>
	`${publicUrl.replace(/\/$/, '')}/admin/downstream/${kind}/${id}`;

/** A subject has at most 255 characters, and so has a target's name. */
export const MOST_OF_NAME = 200;

/** A moment in UTC, as `2026-12-01 08:00`. */
export const minuteOf = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 16);

/** The subject and the sentences without the error, and what introduces the error; null where it is not told. */
export function incidentWords({ incident, notice, name, affected }: IncidentFacts): {
	subject: string;
	text: string;
	error: { label: string; message: string } | null;
} {
	const since = minuteOf(incident.startedAt);
	const message = plainText(incident.lastError.message, 1_000);
	const changes = affected === 1 ? '1 delivery' : `${affected} deliveries`;
	const one = incident.count === 1;
	switch (notice) {
		case 'over':
			return {
				subject: `${name} is up to date again`,
				text: `It was failing since ${since} UTC. ${changes} ${affected === 1 ? 'was' : 'were'} affected.`,
				error: null,
			};
		case 'refused':
			return {
				subject: `${name} has refused something`,
				text: `It accepts other changes, but ${one ? '1 delivery has' : `${incident.count} deliveries have`} failed for good. Retry or cancel ${one ? 'it' : 'them'}.`,
				error: { label: 'The error', message },
			};
		case 'digest':
			return {
				subject: `${name} is still failing`,
				text: `Since ${since} UTC, ${incident.count} attempts failed.`,
				error: { label: 'The last error', message },
			};
		default:
			return {
				subject: `${name} is failing`,
				text: 'Changes are queued, and sent when it recovers.',
				error: { label: 'The error', message },
			};
	}
}
