import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { BUNDLE_VERSION, type Bundle } from '../../src/contract/bundle.js';
import type { Change, Plan } from '../../src/contract/plan.js';

export const TOKEN = 'the-token-of-an-admin';

export interface Asked {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: Record<string, string | string[] | undefined>;
	body: unknown;
	text: string;
}

/** Answers with JSON, or with a status and JSON, or text as it is, of a type if told. */
type Answer = object | string | { status: number; body: unknown; type?: string };
export type Answers = Record<string, Answer | ((asked: Asked) => Answer)>;

export interface FakeInstance {
	url: string;
	/** What was asked, in order. */
	asked: Asked[];
	/** `POST /downstream/config/pull` and so on. */
	names(): string[];
	answers: Answers;
}

/** A server that answers as an instance does, for what a test says; anything else is Directus' "no such route". */
export async function startInstance(answers: Answers = {}): Promise<FakeInstance> {
	const asked: Asked[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const url = new URL(request.url ?? '/', 'http://fake');
			const bytes = Buffer.concat(chunks);
			const isPacked = request.headers['content-type'] === 'application/gzip';
			const text = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8');
			const one: Asked = {
				method: request.method ?? '',
				path: url.pathname,
				query: url.searchParams,
				headers: request.headers,
				body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
				text,
			};
			asked.push(one);
			const { status, body, type } = answerTo(one, answers);
			response.statusCode = status;
			if (type !== undefined) response.setHeader('content-type', type);
			if (typeof body === 'string') response.end(body);
			else response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		names: () => asked.map(({ method, path }) => `${method} ${path}`),
		answers,
	};
}

function answerTo(one: Asked, answers: Answers): { status: number; body: unknown; type?: string } {
	const given = answers[`${one.method} ${one.path}`];
	const open = one.path.startsWith('/server/health') || one.path.startsWith('/auth/');
	if (!open && one.headers['authorization'] !== `Bearer ${TOKEN}`)
		return refusal(401, 'INVALID_CREDENTIALS', 'Invalid user credentials.');
	if (given === undefined) return refusal(404, 'ROUTE_NOT_FOUND', `Route ${one.path} doesn't exist.`);
	const answer = typeof given === 'function' ? given(one) : given;
	if (typeof answer === 'object' && 'status' in answer && 'body' in answer) return answer as never;
	return { status: 200, body: answer };
}

/** An error as Directus says it. */
export const refusal = (status: number, code: string, message: string, extensions: object = {}) => ({
	status,
	body: { errors: [{ message, extensions: { code, ...extensions } }] },
});

/** How a person gives the instance and the token. */
export const at = ({ url }: FakeInstance): string[] => ['-u', url, '-t', TOKEN];

export const change = (some: Partial<Change>): Change => ({
	kind: 'roles',
	sync_id: 'editor',
	name: 'Editor',
	action: 'update',
	fields: [],
	risk: [],
	local_id: '1',
	after: [],
	completes: false,
	kept: false,
	impact: [],
	...some,
});

export function plan(...changes: Change[]): Plan {
	const count = (action: Change['action']) =>
		changes.filter((change) => change.action === action && !change.kept).length;
	return {
		version: 1,
		fingerprint: 'f1',
		changes,
		adoptions: [],
		summary: {
			create: count('create'),
			update: count('update'),
			delete: count('delete'),
			none: 3,
			kept: changes.filter(({ kept }) => kept).length,
		},
	};
}

export const bundle = (elements: Bundle['elements'] = {}): Bundle => ({
	version: BUNDLE_VERSION,
	directus: '12.4.0',
	schema: null,
	elements,
});
