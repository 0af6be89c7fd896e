import type { SchemaOverview } from '@directus/types';
import type { DocumentNode } from 'graphql';
import type { Logger } from '../../kernel/ports.js';
import { graphqlScope, isVersion, readOf, type Answered } from '../core/pages/answered-read.js';
import type { ReadFilters } from '../core/pages/depends.js';
import { readsOfQuery } from '../core/pages/graphql-reads.js';
import { pageModel, type PageModel } from '../core/pages/page-model.js';
import { tagsOfReads, type Read } from '../core/pages/read-tags.js';
import type { TagLimits } from '../core/pages/tag-bag.js';
import { headerOfTags } from '../core/pages/tag-headers.js';
import { messageOf } from '../../kernel/core/message-of.js';
import { createQueryDocuments } from './query-documents.js';

/** Who reads, as Directus knows it. */
export interface Reader {
	user: string | null;
	roles: readonly string[];
	admin: boolean;
	share: boolean;
}

export interface TagSettings {
	/** Header names that every read answers with. */
	headers: readonly string[];
	limits: TagLimits;
	/** Users as whom sites read: what they see is for everybody. */
	siteUsers: readonly string[];
}

interface TagPorts {
	settings: TagSettings;
	logger: Pick<Logger, 'error'>;
	/** The filters that a reader's permissions put on what is read; at once where they are known. */
	filtersOf(reader: Reader): ReadFilters | Promise<ReadFilters>;
}

/** The one header by which a request asks for its tags, and in which it gets them. */
export const ASKED_HEADER = 'x-downstream-tags';

/** When a read began, in ms since 1970 by the clock of the database: a report of what was made of it says so. */
export const READ_AT_HEADER = 'x-downstream-read-at';

/** The same with one tag for each collection, for a page that is made of more reads than its CDN takes tags. */
const COARSE_HEADER = 'x-downstream-coarse-tags';

/** Says `private` where an answer is not for everybody, or not to be kept by its tags. */
const PRIVATE_HEADER = 'x-downstream-cache';

/** What a request to `/graphql` asks. */
export interface AskedQuery {
	query: unknown;
	variables: unknown;
	operationName: unknown;
	/** As Directus has parsed it; undefined where it answered out of its cache. */
	document: DocumentNode | undefined;
}

export interface AnswerToTag {
	answered: Answered;
	/** Of a request to `/graphql` only. */
	asked?: AskedQuery;
	schema: SchemaOverview;
	reader: Reader;
	/** Header names for this answer. */
	headers: readonly string[];
}

/** Makes the headers of answers: what they were made from, as tags. */
export function createTagger({ settings, logger, filtersOf }: TagPorts) {
	const models = new WeakMap<SchemaOverview, PageModel>();
	const modelOf = (schema: SchemaOverview) => {
		const model = models.get(schema) ?? pageModel(schema);
		models.set(schema, model);
		return model;
	};

	const documentOf = createQueryDocuments();

	/** What was read; null where nothing was. Null for reads of which not all can be told. */
	function readsOf({ answered, asked, schema }: AnswerToTag): { reads: Read[] | null; isVersion: boolean } | null {
		const scope = graphqlScope(answered.path);
		if (scope === null) {
			const read = readOf(answered, schema);
			return read && { reads: [read], isVersion: isVersion(answered) };
		}
		if (answered.status !== 200 || typeof asked?.query !== 'string') return null;
		const document = asked.document ?? documentOf(asked.query);
		const { payload, user } = answered;
		const query = readsOfQuery({ ...asked, document, scope, payload, user }, schema, modelOf(schema));
		return query && { reads: query.isUntold ? null : query.reads, isVersion: query.isVersion };
	}

	function headersFor(answer: AnswerToTag, filters: ReadFilters): [string, string][] {
		const { schema, reader, headers } = answer;
		const read = readsOf(answer);
		if (!read) return [];
		if (!read.reads) return [PRIVATE];
		const { tags, coarse, tooMany } = tagsOfReads(read.reads, modelOf(schema), filters, settings.limits);
		const isPublic = !reader.share && (reader.user === null || settings.siteUsers.includes(reader.user));
		return [
			...headers.map((name): [string, string] => [name, headerOfTags(name, tags)]),
			...(headers.includes(ASKED_HEADER) && !tooMany ? [coarseHeader(coarse)] : []),
			...(!isPublic || tooMany || read.isVersion ? [PRIVATE] : []),
		];
	}

	/** Without its tags an answer must not be kept: nothing would ever drop it. */
	const untagged = (error: unknown): [string, string][] => {
		logger.error(`[downstream] a read could not be tagged: ${messageOf(error)}`);
		return [PRIVATE];
	};

	return {
		/** The headers to be set; at once where they can be told at once. */
		headers(answer: AnswerToTag): [string, string][] | Promise<[string, string][]> {
			try {
				const filters = filtersOf(answer.reader);
				return filters instanceof Promise
					? filters.then((known) => headersFor(answer, known)).catch(untagged)
					: headersFor(answer, filters);
			} catch (error) {
				return untagged(error);
			}
		},
	};
}

const coarseHeader = (tags: readonly string[]): [string, string] => [COARSE_HEADER, headerOfTags(COARSE_HEADER, tags)];

const PRIVATE: [string, string] = [PRIVATE_HEADER, 'private'];
