import { expect, it } from 'vitest';
import { createNotifications, createNotifyUsers, failedRelease } from './notifications.js';

const HOSTILE = [
	'[Log in again](https://evil.example/login)',
	'![](https://evil.example/pixel.gif)',
	'<img src=x onerror=alert(1)>',
	'text\n\n# A heading\n\n[a link](https://evil.example)',
	'` ends the quote [a link](https://evil.example) `` and again ```\n```',
	'\u0000\u001b[31m\u202Ebackwards',
	'x'.repeat(100_000),
];

type Notice = 'begun' | 'digest' | 'refused' | 'over';

async function told(
	error: string,
	name: string,
	notice: Notice,
	{
		counts = async () => ({ affected: 3, failed: 1, retrying: 2 }),
		tellWebhooks = async () => {},
	}: Partial<Parameters<typeof createNotifications>[0]> = {},
) {
	const sent: { subject: string; message: string }[] = [];
	class NotificationsService {
		async createOne(notification: { subject: string; message: string }) {
			sent.push(notification);
		}
	}
	const logger = { info() {}, warn() {}, error() {}, debug() {} } as never;
	const notifyUsers = createNotifyUsers({
		database: {} as never,
		services: { NotificationsService } as never,
		getSchema: async () => ({}) as never,
		logger,
		publicUrl: 'https://cms.example.com/',
	});
	const notify = createNotifications({
		logger,
		notifyUsers,
		usersToNotify: async () => ['somebody'],
		targetName: () => name,
		counts,
		tellWebhooks,
	});
	const lastError = { code: 'HTTP_500', message: error };
	await notify({ target: 'site', kind: 'flush', startedAt: 0, count: 2, lastError } as never, notice as never);
	return sent[0];
}

it.each(HOSTILE)('shows a receiver’s words as words, and no link but our own: %j', async (error) => {
	for (const notice of ['begun', 'digest', 'refused', 'over'] as const) {
		const found = await told(error, 'Site', notice);
		expect(found).toBeDefined();
		const { message = '' } = found ?? {};
		const [link, ...more] =
			message.replace(/`[^`\n]*`/g, 'quoted').match(/!?\[[^\]]*\]\([^)]*\)|<\w|https?:\/\/\S+|^#/gm) ?? [];
		expect(link).toBe('[Open in Downstream](https://cms.example.com/admin/downstream/flush/site)');
		expect(more).toEqual([]);
		expect(message.length).toBeLessThan(1_500);
	}
});

it('has a subject that can be stored, whatever the target is called', async () => {
	for (const name of ['n'.repeat(255), 'a\nline', 'Site'])
		for (const notice of ['begun', 'digest', 'refused', 'over'] as const) {
			const { subject = '' } = (await told('down', name, notice)) ?? {};
			expect(subject.length).toBeLessThanOrEqual(255);
			expect(subject).not.toContain('\n');
			expect(subject.startsWith(name.slice(0, 1))).toBe(true);
		}
});

it.each(HOSTILE)('shows why a planned release failed as words: %j', (error) => {
	const link = 'https://cms.example.com/admin/downstream/sync/1';
	const { subject, message } = failedRelease({ name: `Live ${error}`, due: 1_800_000_000_000, error }, link);
	expect(subject).toMatch(/^The release to Live .* failed$/);
	expect(subject.length).toBeLessThan(256);
	expect(message).toContain('planned for 2027-01-15 08:00 UTC');
	expect(message.split(/`[^`]*`/).join('')).not.toContain('evil');
	expect(message).toContain(`[Open in Downstream](${link})`);
});

it('counts what is affected once, and tells users and webhooks the same number', async () => {
	let counted = 0;
	const toWebhooks: number[] = [];
	const toUsers = await told('down', 'Site', 'over', {
		counts: async () => ({ affected: 40 + ++counted, failed: 0, retrying: 41 }),
		tellWebhooks: async (facts) => void toWebhooks.push((await facts()).affected),
	});
	expect([counted, toWebhooks]).toEqual([1, [41]]);
	expect(toUsers?.message).toContain('41');
});
