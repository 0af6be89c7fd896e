import { z } from 'zod';
import { TARGET_KINDS } from './vocabulary.js';

/** What the types of messages about incidents are called, by what is told. */
export const INCIDENT_TYPES = {
	began: 'incident.began',
	digest: 'incident.ongoing',
	refused: 'incident.refused',
	over: 'incident.over',
} as const;

/** What a webhook of `DOWNSTREAM_INCIDENT_WEBHOOK` receives that is neither Slack nor Teams. */
export const incidentMessage = z
	.object({
		type: z.enum(INCIDENT_TYPES).meta({
			description:
				'`incident.refused`: the target takes other changes, but something failed for good. `incident.ongoing`: once a day while it lasts.',
		}),
		timestamp: z.iso.datetime().meta({ description: 'When it is told.' }),
		data: z.object({
			id: z.string().meta({ description: 'The incident: the same from its beginning to its end.' }),
			target: z.object({ id: z.string(), kind: z.enum(TARGET_KINDS), name: z.string() }),
			subject: z.string().meta({ description: 'For people, on one line.' }),
			text: z.string(),
			started_at: z.iso.datetime(),
			resolved_at: z.iso.datetime().nullable(),
			count: z.number().meta({ description: 'Failures since it began.' }),
			affected: z.number().meta({ description: 'Deliveries that needed more than one try, or failed.' }),
			last_error: z.object({ code: z.string(), message: z.string() }),
			link: z
				.string()
				.nullable()
				.meta({ description: 'The target in the Studio; null where `PUBLIC_URL` is not set.' }),
		}),
	})
	.meta({ id: 'IncidentMessage' });
export type IncidentMessage = z.output<typeof incidentMessage>;
