import type { SchemaOverview } from '@directus/types';
import type { DocumentNode } from 'graphql';
import { readJson } from '../kernel/core/read-json.js';
import { isRecord } from '../kernel/core/is-record.js';
import { graphqlScope, mayBeRead } from '../flush/core/pages/answered-read.js';
import {
	ASKED_HEADER,
	createTagger,
	READ_AT_HEADER,
	type AskedQuery,
	type Reader,
} from '../flush/pages/tag-answers.js';
import { createReadFilters } from '../targets/read-filters.js';
import type { Started } from '../app/start.js';
import type { Events } from './events.js';

/** How many bytes of tags one answer carries, at most: what servers and CDNs take in a header. */
const MOST_BYTES = 8_192;

/** Of Express and of what Directus puts on a request, what is used here. */
interface Request {
	method: string;
	path: string;
	headers: Record<string, string | string[] | undefined>;
	body?: unknown;
	query: Record<string, unknown>;
	schema?: SchemaOverview;
	sanitizedQuery?: Record<string, unknown>;
	accountability?: { user?: string | null; roles?: string[]; admin?: boolean; share?: string | null } | null;
}

interface Response {
	statusCode: number;
	headersSent: boolean;
	locals: Record<string, unknown>;
	setHeader(name: string, value: string): unknown;
	json(payload: unknown): unknown;
}

type Middleware = (request: Request, response: Response, next: () => void) => void;

/**
 * Puts on reads what they were made from, as tags (docs/pages.md). The answer is seen on its way out, where it is complete,
 * whether Directus has made it now or takes it from its own cache.
 */
export function tagReads({ init }: Events, { runtime }: Started): void {
	const { environment, rules, database, logger } = runtime;
	const headers = environment.DOWNSTREAM_RESPONSE_TAGS;
	const tagger = createTagger({
		settings: {
			headers,
			limits: { tags: environment.DOWNSTREAM_RESPONSE_TAGS_MAX, bytes: MOST_BYTES },
			siteUsers: environment.DOWNSTREAM_SITE_USERS ?? [],
		},
		logger,
		filtersOf: createReadFilters(database, () => (rules.stale() ? null : rules.watch())),
	});

	const tag: Middleware = (request, response, next) => {
		const isAsked = request.headers[ASKED_HEADER] === '1';
		if ((!isAsked && headers.length === 0) || !mayBeRead(request.method, request.path)) return next();
		const { path } = request;
		const readAt = String(runtime.clock.now());
		const json = response.json.bind(response);
		response.json = (payload) => {
			response.json = json;
			const { schema } = request;
			const reader = readerOf(request);
			// Tags name fields and keys: only requests of logged-in users get them, by asking for them.
			const own = isAsked && reader.user !== null ? [ASKED_HEADER] : [];
			const names = [...headers, ...own];
			if (!schema || names.length === 0) return json(payload);
			const answered = {
				method: request.method,
				path,
				query: request.sanitizedQuery ?? {},
				keys: isRecord(request.body) ? request.body['keys'] : undefined,
				status: response.statusCode,
				payload,
				user: reader.user,
			};
			const send = (tags: [string, string][]) => {
				if (!response.headersSent)
					for (const [name, value] of [...tags, [READ_AT_HEADER, readAt]] as const) response.setHeader(name, value);
				return json(payload);
			};
			const asked = graphqlScope(path) === null ? {} : { asked: queryOf(request, response) };
			const tags = tagger.headers({ answered, ...asked, schema, reader, headers: names });
			if (!(tags instanceof Promise)) return send(tags);
			tags.then(send).catch((error: unknown) => logger.error(`[downstream] ${String(error)}`));
			return response;
		};
		next();
	};

	init('middlewares.before', (meta) => void (meta as { app: { use(middleware: Middleware): void } }).app.use(tag));
}

const readerOf = ({ accountability }: Request): Reader => ({
	user: accountability?.user ?? null,
	roles: accountability?.roles ?? [],
	admin: accountability?.admin === true,
	share: Boolean(accountability?.share),
});

/** What is asked of GraphQL, from where Directus takes it. */
function queryOf({ method, query, body }: Request, { locals }: Response): AskedQuery {
	const given = method === 'GET' ? query : isRecord(body) ? body : {};
	const { variables } = given;
	const params = locals['graphqlParams'];
	return {
		query: given['query'],
		variables: readJson(variables),
		operationName: given['operationName'],
		document: isRecord(params) ? (params['document'] as DocumentNode) : undefined,
	};
}
