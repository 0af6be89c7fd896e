import { join, relative } from 'node:path';
import type { RunCommand } from '../command.js';
import type { InstanceSpecs } from '../../contract/answers/config.js';
import type { Connection } from '../connection.js';
import { isRecord } from '../../kernel/core/is-record.js';
import { readFiles, writeFiles } from '../dump-folder.js';
import type { Options } from '../options.js';
import { Failure } from '../failure.js';
import { withSortedKeys } from '../../config/core/dump/stable-json.js';
import { count } from '../../kernel/core/count.js';

/** Writes the OpenAPI specification and both GraphQL schemas. */
export const specs: RunCommand = async ({ options, folder, connection, progress, print }) => {
	const instance = connection();
	const read = await progress.during(`Reading the specifications of ${instance.url}`, () =>
		readSpecs(instance, options),
	);
	const result = await writeSpecs(options, read);
	const place = relative(folder, join(options.dumpPath, options.specsPath));
	print({ folder: join(options.dumpPath, options.specsPath), ...result }, () =>
		result.written.length === 0
			? `Nothing changed in ${place}.`
			: `${count(result.written.length, 'file')} written in ${place}, ${result.unchanged} unchanged.`,
	);
	return 0;
};

/** By name of their file. */
export type Specs = Map<string, string>;

/** Asks for all three at once. */
export async function readSpecs(instance: Connection, options: Pick<Options, 'sortJson'>): Promise<Specs> {
	const [openapi, items, system] = await Promise.all([
		instance.ask<unknown>('GET', '/server/specs/oas'),
		instance.ask<string>('GET', '/server/specs/graphql/items', { asText: true }),
		instance.ask<string>('GET', '/server/specs/graphql/system', { asText: true }),
	]);
	return specsOf(instance, { openapi, items, system }, options);
}

/** The files of what an instance gave. */
export function specsOf(
	{ url }: Connection,
	{ openapi, items, system }: InstanceSpecs,
	{ sortJson }: Pick<Options, 'sortJson'>,
): Specs {
	for (const text of [items, system])
		if (!/\b(type|schema|scalar)\b/.test(text))
			throw new Failure('STRANGE_ANSWER', 'The GraphQL specification is empty or no GraphQL.', {
				where: `GET ${url}/server/specs/graphql`,
			});
	const openApi = atHost(openapi, new URL(url).host);
	return new Map([
		['item.graphql', items],
		['openapi.json', `${JSON.stringify(sortJson ? withSortedKeys(openApi) : openApi, null, 2)}\n`],
		['system.graphql', system],
	]);
}

/** An instance that has no public address of its own names the one that it was asked by. */
function atHost(openapi: unknown, host: string): unknown {
	if (!isRecord(openapi) || !Array.isArray(openapi['servers'])) return openapi;
	const servers = openapi['servers'].map((server: unknown) =>
		isRecord(server) && server['url'] === '/' ? { ...server, url: host } : server,
	);
	return { ...openapi, servers };
}

/** Other files in the folder stay. */
export async function writeSpecs(options: Pick<Options, 'dumpPath' | 'specsPath'>, specs: Specs) {
	const folder = join(options.dumpPath, options.specsPath);
	const before = await readFiles(folder, ['.'], ['.json', '.graphql']);
	const files = new Map([...specs].map(([name, text]) => [name, sameButVersion(before.get(name), text)]));
	return writeFiles(folder, files, before, () => false);
}

/** Directus gives its specification another version at every request, made of the time; that alone is no change. */
function sameButVersion(before: string | undefined, now: string): string {
	const version = /("info": \{[^{}]*"version": )"[^"]*"/;
	const known = version.exec(before ?? '')?.[0];
	return known !== undefined && now.replace(version, () => known) === before ? before : now;
}
