import { z } from 'zod';
import { issue } from '../issue.js';
import { jsonObject, time, whole } from './shapes.js';

/** What is checked of a link, in the order in which it has to be there. */
export const CHECK_STEPS = [
	'reachable',
	'downstream',
	'token',
	'policy',
	'protocol',
	'identity',
	'clock',
	'back',
] as const;

const checkStep = z.object({
	step: z.enum(CHECK_STEPS),
	state: z
		.enum(['ok', 'missing', 'warning', 'unknown'])
		.meta({ description: '`unknown`: it cannot be checked before an earlier step is ok.' }),
	message: z.string().meta({ description: 'What was seen, or what to do and where.' }),
});
export type CheckStep = z.output<typeof checkStep>;

const checkedCollection = z.object({
	collection: z.string(),
	index: whole.meta({ description: "The rule's place." }),
	implied: z.boolean().meta({ description: 'It travels along with another rule.' }),
	stops: z.array(issue).meta({ description: 'Why nothing of it can be sent.' }),
	warnings: z.array(issue).meta({ description: 'What is not sent or not permitted, though the rest is.' }),
	notes: z.array(issue).meta({ description: 'Values that one side cannot keep exactly, and that count as equal.' }),
});
export type CheckedCollection = z.output<typeof checkedCollection>;

export const linkCheck = z
	.object({
		ok: z.boolean(),
		at: time,
		steps: z.array(checkStep),
		instance: z.string().nullable(),
		version: z.string().nullable(),
		collections: z.array(checkedCollection).nullable().meta({
			description: 'null as long as the remote does not say what it has.',
		}),
	})
	.meta({ id: 'LinkCheck' });
/** What two instances need, step by step, and how the collections of the rules fit. */
export type LinkCheck = z.output<typeof linkCheck>;

export const ruleClosure = z
	.object({
		index: whole.meta({ description: "The rule's place." }),
		collection: z.string(),
		count: whole.meta({ description: 'Items that match the rule.' }),
		needs: z.array(
			z.object({
				field: z.string(),
				collection: z.string(),
				through: z.string().nullable().meta({ description: 'The junction or translations collection in between.' }),
				state: z.enum(['followed', 'mapped', 'stopped', 'missing']),
				required: z.boolean(),
				count: whole.nullable(),
			}),
		),
	})
	.meta({ id: 'RuleClosure' });
/** What a rule would send, and what its items refer to. */
export type RuleClosure = z.output<typeof ruleClosure>;

export const jsonSchema = jsonObject.meta({ id: 'JsonSchema', description: 'A JSON Schema.' });
export const pairingCode = z.object({ code: z.string(), expires_at: time }).meta({ id: 'PairingCode' });
export const unpaired = z.object({ revoked: whole }).meta({ id: 'Unpaired' });
export const paired = z.object({ instance: z.string() }).meta({ id: 'Paired' });
