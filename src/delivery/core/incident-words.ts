import { CONDITION_WORDS } from '../../contract/condition-words.js';
import { count } from '../../kernel/core/count.js';
import { fillWords } from '../../kernel/core/fill-words.js';
import { plainText } from '../../kernel/core/plain-text.js';
import type { TargetKind } from '../../contract/vocabulary.js';
import type { Notice, RunningIncident } from '../incidents.js';

/** What an incident has done to deliveries. */
export interface IncidentCounts {
	/** Deliveries of the target that needed more than one try or failed since it began. */
	affected: number;
	/** Those that are not retried, and those that are. */
	failed: number;
	retrying: number;
}

/** What is told of an incident, whatever the way. */
export interface IncidentFacts extends IncidentCounts {
	incident: RunningIncident;
	notice: Notice;
	/** What the target is called, on one line. */
	name: string;
}

/** The page of the Studio that shows a target. */
export const targetLink = (publicUrl: string, { kind, id }: { kind: TargetKind; id: string }): string =>
	`${publicUrl.replace(/\/$/, '')}/admin/downstream/${kind}/${id}`;

/** A subject has at most 255 characters, and so has a target's name. */
export const MOST_OF_NAME = 200;

/** A moment in UTC, as `2026-12-01 08:00`. */
export const minuteOf = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 16);

/** The subject and the sentences without the error, and what introduces the error; null where it is not told. */
export function incidentWords({ incident, notice, name, affected, ...left }: IncidentFacts): {
	subject: string;
	text: string;
	error: { label: string; message: string } | null;
} {
	const since = minuteOf(incident.startedAt);
	const message = plainText(incident.lastError.message, 1_000);
	const changes = affected === 1 ? '1 delivery' : `${affected} deliveries`;
	const lost =
		left.failed > 0
			? [`${fillWords(CONDITION_WORDS.failed, {}, left.failed)} Retry or cancel ${left.failed === 1 ? 'it' : 'them'}.`]
			: [];
	const later = left.retrying > 0 ? ['Changes are queued, and sent when it recovers.'] : [];
	switch (notice) {
		case 'over':
			return {
				subject: `${name} ${left.failed > 0 ? 'accepts changes again' : 'is up to date again'}`,
				text: [
					`It was failing since ${since} UTC. ${changes} ${affected === 1 ? 'was' : 'were'} affected.`,
					...lost,
				].join(' '),
				error: null,
			};
		case 'refused':
			return {
				subject: `${name} has refused something`,
				text: ['It accepts other changes.', ...lost].join(' '),
				error: { label: 'The error', message },
			};
		case 'digest':
			return {
				subject: `${name} is still failing`,
				text: [`Since ${since} UTC, ${count(incident.count, 'attempt')} failed.`, ...lost, ...later].join(' '),
				error: { label: 'The last error', message },
			};
		default:
			return {
				subject: `${name} is failing`,
				text: [...lost, ...later].join(' ') || 'Nothing waits to be sent.',
				error: { label: 'The error', message },
			};
	}
}
