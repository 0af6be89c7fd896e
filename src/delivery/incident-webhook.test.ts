import type { Knex } from 'knex';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import { startReceiver, type ReceivedRequest, type Receiver } from '../../test/kit/receiver.js';
import { until } from '../../test/kit/wait.js';
import { migrateTables } from '../app/migrations.js';
import { createAddressGuard } from '../kernel/address-guard.js';
import { readSettings } from '../kernel/core/read-settings.js';
import { createHttpClient } from '../kernel/http.js';
import { incidentFormatOf } from './core/incident-message.js';
import { createIncidentWebhook } from './incident-webhook.js';
import { openIncidents } from './open-incidents.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const TARGET = '0194e5a0-0000-7000-8000-000000000001';

let now = 0;
let ids = 0;
let database: Knex;
let receiver: Receiver;
let said: string[] = [];
const clock = {
	now: () => now,
	random: () => 0.5,
	id: () => `0194e5a0-0000-7000-8000-${String(++ids).padStart(12, '0')}`,
};
const say = (message: string) => void said.push(message);
const logger = { debug: say, info: say, warn: say, error: say };
const http = createHttpClient(createAddressGuard({ name: 'X', entries: [] }), 'test');

beforeEach(async () => {
	[now, ids, said] = [1_800_000_000_000, 0, []];
	database = memoryDatabase();
	await migrateTables(database, clock, { debug() {}, info() {}, warn() {}, error() {} });
	receiver = await startReceiver();
});
afterEach(async () => {
	await receiver.stop();
	await database.destroy();
});

const environmentOf = (settings: Record<string, string>) => {
	const read = readSettings({ PUBLIC_URL: 'https://cms.example.com/', ...settings });
	expect(read.problems).toEqual([]);
	return read.environment;
};

/** One process with these settings. */
function open(settings: Record<string, string>, name = 'Site <!channel> *&* `x`') {
	const ports = { database, clock, logger, http, environment: environmentOf(settings), sends: () => true };
	return openIncidents({
		...ports,
		notifyUsers: async () => {},
		kindOf: () => 'flush',
		nameOf: () => name,
		usersOf: async () => [],
	});
}

const failing = {
	outcome: { status: 'retrying', error: { code: 'HTTP_500', message: 'answered 500: <!here> [x](y)' } },
};
const taken = { outcome: { status: 'delivered' } };
const settle = (incidents: ReturnType<typeof open>, ...all: object[]) => incidents.settled(TARGET, all as never);

it('tells a generic webhook once when it begins and once when it is over, signed', async () => {
	const incidents = open({
		DOWNSTREAM_INCIDENT_WEBHOOK: `${receiver.url}/hooks?key=s3cr3t`,
		DOWNSTREAM_INCIDENT_WEBHOOK_SECRET: SECRET,
	});
	await settle(incidents, failing);
	await settle(incidents, failing, failing);
	await settle(incidents, failing);
	const [began] = await receiver.waitForCount(1);
	await until(async () => (await database('downstream_notices')).length === 0);
	now += 60_000;
	await settle(incidents, taken);
	const [, over] = await receiver.waitForCount(2);
	await settle(incidents, taken);
	await incidents.tick();
	await until(async () => (await database('downstream_notices')).length === 0);
	expect(receiver.requests.length).toBe(2);
	for (const request of [began, over] as ReceivedRequest[]) {
		expect([request.method, request.path]).toEqual(['POST', '/hooks?key=s3cr3t']);
		expect(request.headers['content-type']).toBe('application/json');
		// Signed for the time of the test's clock, which the library compares with its own.
		const real = Date.now;
		Date.now = () => now;
		expect(() => new Webhook(SECRET).verify(request.body, request.headers)).not.toThrow();
		expect(() => new Webhook(SECRET).verify(`${request.body} `, request.headers)).toThrow();
		Date.now = real;
	}
	expect(began?.json).toMatchObject({
		type: 'incident.began',
		timestamp: '2027-01-15T08:00:00.000Z',
		data: {
			target: { id: TARGET, kind: 'flush' },
			started_at: '2027-01-15T08:00:00.000Z',
			resolved_at: null,
			last_error: { code: 'HTTP_500' },
			link: `https://cms.example.com/admin/downstream/flush/${TARGET}`,
		},
	});
	expect(over?.json).toMatchObject({ type: 'incident.over', data: { resolved_at: '2027-01-15T08:01:00.000Z' } });
	expect(began?.headers['webhook-id']).not.toBe(over?.headers['webhook-id']);
});

it('tries again, by another process too, under the same id, and says no address and no secret', async () => {
	receiver.respond = ({ path }) => ({ status: 503, body: `${path} is away; ${SECRET}` });
	const settings = {
		DOWNSTREAM_INCIDENT_WEBHOOK: `${receiver.url}/services/T0/B0/xyzxyzxyz`,
		DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: 'generic',
		DOWNSTREAM_INCIDENT_WEBHOOK_SECRET: SECRET,
	};
	await settle(open(settings), failing, failing);
	await receiver.waitForCount(1);
	const due = async () => Number((await database('downstream_notices').first())?.next_at ?? 0);
	await until(async () => (await due()) > 0 && (await due()) < now + 10_000);
	// Others start, and both look at the same moment: one of them sends.
	const others = [open(settings), open(settings)];
	now += 2_000;
	receiver.respond = () => ({});
	await Promise.all(others.map((other) => other.tick()));
	await until(async () => (await database('downstream_notices')).length === 0);
	expect(receiver.requests.length).toBe(2);
	const [first, second] = receiver.requests;
	expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
	expect(first?.body).toBe(second?.body);
	expect(said.join('\n')).toContain('is away');
	expect(said.join('\n')).not.toMatch(/xyzxyzxyz|whsec_/);
});

it('gives up where the receiver refuses for good, and says so without its address', async () => {
	receiver.respond = () => ({ status: 404, body: 'no_service' });
	await settle(open({ DOWNSTREAM_INCIDENT_WEBHOOK: `${receiver.url}/T0/secretpart` }), failing, failing);
	await until(async () => receiver.requests.length === 1 && (await database('downstream_notices')).length === 0);
	expect(said.join('\n')).toMatch(/the incident webhook at 127\.0\.0\.1:\d+: the target answered 404: no_service/);
	expect(said.join('\n')).not.toContain('secretpart');
});

it('sends nothing while this process may not send, and keeps what there is to say', async () => {
	let may = false;
	const webhook = createIncidentWebhook({
		database,
		clock,
		logger,
		http,
		environment: environmentOf({ DOWNSTREAM_INCIDENT_WEBHOOK: receiver.url }),
		sends: () => may,
	});
	const incident = { id: 'i', target: TARGET, kind: 'sync' as const, startedAt: now, resolvedAt: null, count: 2 };
	const lastError = { code: 'TIMEOUT', message: 'no answer' };
	await webhook.tell(async () => ({
		incident: { ...incident, lastError, notifiedAt: now },
		notice: 'digest',
		name: 'Peer',
		affected: 4,
		failed: 0,
		retrying: 4,
	}));
	now += 5_000;
	await webhook.tick();
	expect(receiver.requests).toEqual([]);
	[may, now] = [true, now + 5_000];
	await webhook.tick();
	const [request] = await receiver.waitForCount(1);
	expect(request?.json).toMatchObject({ type: 'incident.ongoing', data: { affected: 4, target: { kind: 'sync' } } });
});

it('gives Slack text and blocks in which no foreign word is markup', async () => {
	await settle(
		open({ DOWNSTREAM_INCIDENT_WEBHOOK: receiver.url, DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: 'slack' }),
		failing,
		failing,
	);
	const [request] = await receiver.waitForCount(1);
	const { text, blocks } = (request as ReceivedRequest).json as {
		text: string;
		blocks: { type: string; text: { type: string; text: string } }[];
	};
	expect(text).toMatch(/^Site &lt;!channel&gt; \*&amp;\* `x` is failing\. /);
	expect(blocks.map((block) => [block.type, block.text.type])).toEqual([
		['header', 'plain_text'],
		['section', 'mrkdwn'],
		['section', 'mrkdwn'],
	]);
	expect(blocks[1]?.text.text).toContain('`answered 500: &lt;!here&gt; [x](y)`');
	expect(blocks[2]?.text.text).toBe(`<https://cms.example.com/admin/downstream/flush/${TARGET}|Open in Downstream>`);
	expect(request?.headers['webhook-signature']).toBeUndefined();
});

it('gives Teams an adaptive card whose text is shown as it is, and Slack no header that is too long', async () => {
	const name = `**${'n'.repeat(198)}`;
	const both = { DOWNSTREAM_INCIDENT_WEBHOOK: receiver.url };
	await settle(open({ ...both, DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: 'teams' }, name), failing, failing);
	const [card] = await receiver.waitForCount(1);
	type Block = { type: string; inlines: { type: string; text: string }[] };
	const message = card?.json as {
		type: string;
		attachments: { contentType: string; content: { type: string; body: Block[]; actions: object[] } }[];
	};
	expect(message.type).toBe('message');
	expect(message.attachments.map(({ contentType }) => contentType)).toEqual([
		'application/vnd.microsoft.card.adaptive',
	]);
	const { type, body, actions } = message.attachments[0]?.content ?? { type: '', body: [], actions: [] };
	expect(type).toBe('AdaptiveCard');
	expect(
		body.every((block) => block.type === 'RichTextBlock' && block.inlines.every((run) => run.type === 'TextRun')),
	).toBe(true);
	expect(body.flatMap(({ inlines }) => inlines.map(({ text }) => text)).join('\n')).toContain(
		'answered 500: <!here> [x](y)',
	);
	expect(actions).toMatchObject([{ type: 'Action.OpenUrl', url: expect.stringContaining(TARGET) }]);
	expect(Buffer.byteLength(card?.body ?? '')).toBeLessThan(28_000);
	await database('downstream_incidents').delete();
	await settle(open({ ...both, DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: 'slack' }, name), failing, failing);
	const [, slack] = await receiver.waitForCount(2);
	const [header] = ((slack as ReceivedRequest).json as { blocks: { text: { text: string } }[] }).blocks;
	expect(header?.text.text.length).toBe(150);
});

it.each([
	['https://hooks.slack.com/services/T/B/x', 'slack'],
	['https://hooks.slack.com.evil.example/x', 'generic'],
	['https://prod-12.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=y', 'teams'],
	['https://default1.2.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x', 'teams'],
	['https://mattermost.example.com/hooks/x', 'generic'],
])('takes %s for %s', (url, format) => expect(incidentFormatOf(url)).toBe(format));

it('names what is wrong with the settings, and quotes none of it', () => {
	const { problems, environment } = readSettings({
		DOWNSTREAM_INCIDENT_WEBHOOK: 'https://ok.example/x, ftp://secret.example/y',
		DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT: 'discord',
		DOWNSTREAM_INCIDENT_WEBHOOK_SECRET: 'hunter2',
	});
	expect(problems.map(({ name }) => name)).toEqual([
		'DOWNSTREAM_INCIDENT_WEBHOOK',
		'DOWNSTREAM_INCIDENT_WEBHOOK_FORMAT',
		'DOWNSTREAM_INCIDENT_WEBHOOK_SECRET',
	]);
	expect(JSON.stringify(problems)).not.toMatch(/secret\.example|ok\.example|hunter2/);
	expect(environment.DOWNSTREAM_INCIDENT_WEBHOOK).toEqual([]);
});
