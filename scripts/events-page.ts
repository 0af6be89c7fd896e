import { z } from 'zod';
import { flushedChange } from '../src/contract/flushed-change.js';
import { incidentMessage } from '../src/contract/incident-message.js';
import { CHANGE_TYPES, type ChangeType } from '../src/contract/vocabulary.js';
import { examples } from './openapi-examples.js';

/** What each type means to a receiver: when it is sent, and what to do. */
const TYPES: Record<ChangeType, [when: string, then: string]> = {
	created: ['the item is new', 'add it; drop the lists that it appears in'],
	updated: ['values of the item, or of something it shows, changed', 'drop its pages; `previous` has the old values'],
	published: ['the item began to pass the rule’s `when`', 'as `created`: to the target it is new'],
	unpublished: [
		'the item no longer passes `when`; `gone` is true',
		'as `deleted`: `fields` has the values that it had, and none that it has now',
	],
	deleted: ['the item is deleted; `gone` is true', 'remove it; `fields` has the values that it had'],
	purged: ['somebody purges tags or paths by hand', 'drop what has the `tags` and `paths`; there is no item'],
	test: ['“Test” was pressed', 'answer 2xx; change nothing'],
};

/** `docs/events.md`: everything that is sent to a webhook, with its JSON Schema, from the schemas that the code uses. */
export function eventsPage(): string {
	const rows = CHANGE_TYPES.map((type) => `| \`${type}\` | ${TYPES[type].join(' | ')} |`);
	return `# Events

What webhooks receive, with the JSON Schema of each body. The same is in the section \`webhooks\` of [\`openapi.json\`](openapi.json). Newer versions may send more keys; those that are here stay.

This page is made by \`npm run docs\`.

## Changes of items

A flush target with the adapter \`webhook\`, or that of a framework, gets a JSON array of changes. With the option \`details\` of \`webhook\`, \`type\` says what has become of the item, and \`user\` who changed it; body templates know both without it. \`type\` is one of:

| type | sent when | what to do |
| --- | --- | --- |
${rows.join('\n')}

\`event\` is what was saved (\`create\`, \`update\`, \`delete\`), as before. \`user\` is the id of whoever saved it, and is left out where nobody did, as when a date passed. With \`keys: "*"\`, so many items changed that the collection is meant as a whole. Only rules with \`when\` give \`published\` and \`unpublished\`.

\`\`\`json
${JSON.stringify(examples.flush, null, 2)}
\`\`\`

${schema('One change', flushedChange)}

## Incidents

An address of \`DOWNSTREAM_INCIDENT_WEBHOOK\` that is neither Slack nor Teams gets one message ([Operations](operations.md#incidents-in-slack-teams-and-elsewhere)):

\`\`\`json
${JSON.stringify(examples.incident, null, 2)}
\`\`\`

${schema('The message', incidentMessage)}

## Is it from Downstream?

With a signing secret, every request is signed as [Standard Webhooks](https://www.standardwebhooks.com): \`webhook-id\`, \`webhook-timestamp\` and \`webhook-signature\`. \`webhook-id\` is the same on every retry, so a receiver that knows it has had the request.
`;
}

function schema(title: string, type: z.ZodType): string {
	const { id: _, ...written } = z.toJSONSchema(type, { io: 'output' }) as Record<string, unknown>;
	return `::: details ${title} as JSON Schema\n\n\`\`\`json\n${JSON.stringify(written, null, 2)}\n\`\`\`\n\n:::`;
}
