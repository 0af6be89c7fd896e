/** Examples of what webhooks receive. */
import type { FlushedChange } from '../src/contract/flushed-change.js';
import type { IncidentMessage } from '../src/contract/incident-message.js';

const target = '0d3c6f5e-8f1b-4f0a-9a53-6f1d2b7c9e10';
const operation = '01956f40-1b2c-7d4e-8a5f-6b7c8d9e0f11';

export const webhookExamples: { flush: FlushedChange[]; incident: IncidentMessage } = {
	flush: [
		{
			collection: 'articles',
			event: 'update',
			type: 'updated',
			fields: { id: 1, slug: 'new' },
			previous: { slug: 'old' },
			tags: ['articles', 'article:1'],
			paths: ['/blog/old', '/blog/new'],
			user: '3f2f9d0e-6b62-4a4e-9f39-2b1a3e6a7f10',
			timestamp: 1795224103627,
		},
		{
			collection: 'articles',
			event: 'update',
			type: 'unpublished',
			gone: true,
			fields: { id: 2, slug: 'gone' },
			timestamp: 1795224103627,
		},
	],
	incident: {
		type: 'incident.began',
		timestamp: '2026-11-20T09:21:43.627Z',
		data: {
			id: operation,
			target: { id: target, kind: 'flush', name: 'Website' },
			subject: 'Website is failing',
			text: 'Changes are queued, and sent when it recovers.',
			started_at: '2026-11-20T09:21:12.100Z',
			resolved_at: null,
			count: 2,
			affected: 3,
			last_error: { code: 'HTTP_503', message: 'the target answered 503' },
			link: `https://cms.example.com/admin/downstream/flush/${target}`,
		},
	},
};
