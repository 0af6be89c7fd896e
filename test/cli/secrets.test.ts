import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at, bundle, change, plan, startInstance, type Answers } from './instance.js';
import { filesIn, folderWith, run } from './run.js';

const PULL = 'POST /downstream/config/pull';
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const KEY = 'the-key-of-the-crm';
const REFERENCE = '${SECRET:NOTIFY_CRM_SEND_AUTHORIZATION}';
const flows = [{ _syncId: 'f', name: 'Notify CRM' }];
const operations = (value: string) => [
	{ _syncId: 'o', flow: 'f', key: 'send', type: 'request', options: { headers: [{ header: 'Authorization', value }] } },
];
const withKey = (value: string) => bundle({ flows, operations: operations(value) });
const sent = (value: string) => ({ bundle: { elements: { flows, operations: operations(value) } } });
const chosen = ['-o', 'flows,operations', '--no-snapshot'];
const written = (value: string) => ({
	'directus-config/collections/flows.json': flows,
	'directus-config/collections/operations.json': operations(value),
});
const pulled = (value: string): Answers => ({ [PULL]: { data: withKey(value), meta: { issues: [] } } });
const rotated = plan(
	change({
		kind: 'operations',
		sync_id: 'o',
		name: 'Notify CRM · send',
		risk: ['secret'],
		fields: [{ field: 'options.headers[Authorization].value', from: 'Bearer old-key', to: `Bearer ${KEY}` }],
	}),
);
const pushed: Answers = {
	[DIFF]: { data: rotated, meta: { issues: [], warnings: [] } },
	[PUSH]: { data: { id: 'push-1', dry_run: false, plan: rotated }, meta: { warnings: [] } },
};

describe('pull', () => {
	test('writes no token of a flow, and tells where it is and what it is called', async () => {
		const instance = await startInstance(pulled(`Bearer ${KEY}`));
		const folder = folderWith();
		const done = await run(['pull', ...at(instance), ...chosen, '--no-specs'], folder);
		expect(done).toMatchObject({
			code: 0,
			err: expect.stringMatching(
				/1 credential was replaced by a reference[^]*directus-config\/collections\/operations\.json "[^"]*send" options\.headers\[Authorization\]\.value → NOTIFY_CRM_SEND_AUTHORIZATION/,
			),
		});
		const files = filesIn(folder);
		expect(JSON.stringify(files)).not.toContain(KEY);
		expect(files['directus-config/collections/operations.json']).toContain(`"Bearer ${REFERENCE}"`);

		const again = await run(['pull', ...at(instance), ...chosen, '--no-specs'], folder);
		expect(again.out).toMatch(/Nothing changed/);
		expect(again.err).not.toMatch(/Warning/);
		expect(filesIn(folder)).toEqual(files);
	});

	test('keeps them where that is asked for, and says that they are there', async () => {
		const instance = await startInstance(pulled(`Bearer ${KEY}`));
		const folder = folderWith();
		const done = await run(['pull', ...at(instance), ...chosen, '--no-specs', '--keep-secrets'], folder);
		expect(done.err).toMatch(/1 value that looks like a credential is in the files as it is:\n.*operations\.json/);
		expect(filesIn(folder)['directus-config/collections/operations.json']).toContain(KEY);
	});
});

describe('push', () => {
	test('fills secrets from the environment, and prints none', async () => {
		const instance = await startInstance(pushed);
		const folder = folderWith({ ...written(`Bearer ${REFERENCE}`), '.env': `NOTIFY_CRM_SEND_AUTHORIZATION=${KEY}\n` });
		const done = await run(['push', ...at(instance), ...chosen], folder);
		expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/push-1/) });
		expect(instance.asked[0]?.body).toMatchObject(sent(`Bearer ${KEY}`));
		const asJson = await run(['push', ...at(instance), ...chosen, '--json'], folder);
		expect(done.out + done.err + asJson.out + asJson.err).not.toContain(KEY);
		expect(asJson.json()).toMatchObject({ id: 'push-1' });
	});

	test('leaves to the instance what the environment does not have', async () => {
		const instance = await startInstance(pushed);
		await run(['push', ...at(instance), ...chosen], folderWith(written(`Bearer ${REFERENCE}`)));
		expect(instance.asked[0]?.body).toMatchObject(sent(`Bearer ${REFERENCE}`));
	});

	test('of a plan in a file fills what the file only names', async () => {
		const instance = await startInstance(pushed);
		const folder = folderWith(written(`Bearer ${REFERENCE}`));
		const variables = { NOTIFY_CRM_SEND_AUTHORIZATION: KEY };
		await run(['diff', ...at(instance), ...chosen, '--plan-out', 'plan.json'], folder, { variables });
		expect(readFileSync(join(folder, 'plan.json'), 'utf8')).not.toContain(KEY);
		const refused = await run(['push', ...at(instance), '--plan', 'plan.json'], folder);
		expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/NOTIFY_CRM_SEND_AUTHORIZATION/) });
		expect(instance.names()).toEqual([DIFF]);
		const done = await run(['push', ...at(instance), '--plan', 'plan.json'], folder, { variables });
		expect(done.code).toBe(0);
		expect(instance.asked[1]?.body).toMatchObject({ ...sent(`Bearer ${KEY}`), plan: rotated });
	});
});
