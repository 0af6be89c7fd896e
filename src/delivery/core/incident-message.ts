import { INCIDENT_TYPES, type IncidentMessage } from '../../contract/incident-message.js';
import { incidentWords, type IncidentFacts } from './incident-words.js';

/** How a receiver of incidents wants them: as Slack or Teams show messages, or as data that is signed. */
export const INCIDENT_FORMATS = ['slack', 'teams', 'generic'] as const;
export type IncidentFormat = (typeof INCIDENT_FORMATS)[number];

/**
 * The format by the host: Slack's incoming webhooks, Teams' Workflows (Logic Apps and Power Platform; the retired
 * connectors of Microsoft 365 took the same cards), else generic.
 */
export function incidentFormatOf(url: string): IncidentFormat {
	const { hostname } = new URL(url);
	if (/(^|\.)hooks\.slack(-gov)?\.com$/.test(hostname)) return 'slack';
	if (/\.(logic\.azure\.(com|us|cn)|api\.powerplatform\.com|webhook\.office\.com)$/.test(hostname)) return 'teams';
	return 'generic';
}

/** Beside the facts: when it is told, in ms since 1970, and the Studio's page of the target; null where it has no address. */
export interface Told extends IncidentFacts {
	at: number;
	link: string | null;
}

/** The message as JSON. */
export const incidentMessage = (format: IncidentFormat, told: Told): string =>
	JSON.stringify({ slack, teams, generic }[format](told));

/** By the recommendation of Standard Webhooks for what is sent: `type`, `timestamp`, `data`. */
function generic(told: Told): IncidentMessage {
	const { incident, notice, name, affected, link, at } = told;
	const { subject, text } = incidentWords(told);
	return {
		type: INCIDENT_TYPES[notice],
		timestamp: new Date(at).toISOString(),
		data: {
			id: incident.id,
			target: { id: incident.target, kind: incident.kind, name },
			subject,
			text,
			started_at: new Date(incident.startedAt).toISOString(),
			resolved_at: incident.resolvedAt === null ? null : new Date(incident.resolvedAt).toISOString(),
			count: incident.count,
			affected,
			last_error: incident.lastError,
			link,
		},
	};
}

/** Slack takes these three for markup, wherever they are (https://docs.slack.dev/messaging/formatting-message-text). */
const slackText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

/** What Slack takes in a header, in characters (https://docs.slack.dev/reference/block-kit/blocks/header-block). */
const SLACK_HEADER = 150;

/** `text` is what notifications and screen readers say; the blocks are what is shown. No text but ours is markup. */
function slack(told: Told) {
	const { subject, text, error } = incidentWords(told);
	const said = error ? `${text} ${error.label}: ${code(error.message)}` : text;
	const { link } = told;
	const section = (markup: string) => ({ type: 'section', text: { type: 'mrkdwn', text: markup, verbatim: true } });
	return {
		text: slackText(`${subject}. ${text}`),
		blocks: [
			{ type: 'header', text: { type: 'plain_text', text: subject.slice(0, SLACK_HEADER), emoji: false } },
			section(slackText(said)),
			...(link === null ? [] : [section(`<${slackText(link)}|Open in Downstream>`)]),
		],
	};
}

/**
 * An Adaptive Card for the trigger "When a Teams webhook request is received" of Teams' Workflows, which take no other
 * cards (https://learn.microsoft.com/connectors/teams#microsoft-teams-webhook). A TextRun shows text as it is, where a
 * TextBlock would read Markdown in it. Messages have at most 28 KB; this one stays below 4.
 */
function teams(told: Told) {
	const { link } = told;
	const { subject, text, error } = incidentWords(told);
	const lines = [
		[{ text: subject, weight: 'Bolder', size: 'Large' }],
		[{ text }],
		...(error ? [[{ text: `${error.label}: ` }, { text: error.message, fontType: 'Monospace' }]] : []),
	];
	return {
		type: 'message',
		attachments: [
			{
				contentType: 'application/vnd.microsoft.card.adaptive',
				contentUrl: null,
				content: {
					$schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
					type: 'AdaptiveCard',
					version: '1.4',
					body: lines.map((inlines) => ({
						type: 'RichTextBlock',
						inlines: inlines.map((inline) => ({ type: 'TextRun', ...inline })),
					})),
					...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open in Downstream', url: link }] }),
				},
			},
		],
	};
}
