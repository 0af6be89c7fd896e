import { expect } from 'vitest';
import type { Directus } from '../kit/directus.js';
import type { Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';

/** Plants secrets in users, settings and sessions, asks for everything about them, and looks for them in what was sent and kept. */
export async function expectNothingPlanted(
	directus: Directus,
	receiver: Receiver,
	createTarget: (fields: Record<string, unknown>) => Promise<unknown>,
): Promise<void> {
	const everything = [
		{ collection: 'directus_users', payload: ['*', 'role.*'], tags: ['{{last_name | default: "none"}}'] },
		{ collection: 'directus_settings', payload: ['*'] },
		{ collection: 'directus_files', payload: ['*', 'uploaded_by.*', 'modified_by.*'], via: ['uploaded_by'] },
	];
	const url = `${receiver.url}/ok/users`;
	await createTarget({ name: 'Users', url, schema: everything, options: { max_wait_ms: 0 } });
	const secrets = {
		token: 'planted-static-token-8821',
		auth_data: { refreshToken: 'planted-refresh-token-4410' },
		external_identifier: 'planted-identifier-7710',
	};
	const { id: admin } = await directus.data<{ id: string }>('GET', '/users/me');
	const login = { email: 'admin@example.com', password: 'downstream' };
	await directus.data('POST', '/auth/login', login, null);
	const { id: user } = await directus.data<{ id: string }>('POST', '/users', { email: 'planted@example.com' });
	await directus.request('PATCH', `/users/${user}`, { ...secrets, title: 'Changed' });
	await directus.request('PATCH', '/settings', { mapbox_key: 'planted-mapbox-key-3321', project_name: 'Planted' });
	await directus.request('DELETE', `/users/${user}`);
	const sent = () => JSON.stringify(receiver.requests.filter(({ path }) => path === '/ok/users'));
	await until(() => sent().includes('Planted') && sent().includes('delete'), { message: 'all changes' });
	expect(sent()).toContain('Changed');
	expect(sent()).not.toContain('planted-');
	const sessions = await directus.sql('directus_sessions').select<{ token: string }[]>('token');
	const stored = await directus.sql('directus_users').where({ id: admin }).first<{ password: string }>();
	for (const hidden of [stored.password, ...sessions.map(({ token }) => token)]) expect(sent()).not.toContain(hidden);
	const own = ['downstream_outbox', 'downstream_deliveries', 'downstream_attempts'];
	for (const table of own) expect(JSON.stringify(await directus.sql(table)), table).not.toContain('planted-');
}

/** Where secrets are found in a text; a piece long enough to be of use to a thief is as bad as all of it. */
export function findSecrets(secrets: readonly string[], where: string, text: string): string[] {
	return secrets
		.map((secret) => secret.slice(0, 12))
		.filter((part) => text.includes(part))
		.map((part) => `${part}… in ${where}: …${text.slice(Math.max(0, text.indexOf(part) - 80)).slice(0, 140)}`);
}
