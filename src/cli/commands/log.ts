import { createWriteStream } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { queryText } from '../address.js';
import type { RunCommand } from '../command.js';
import type { Connection } from '../connection.js';
import { deliveryFilter } from '../delivery-filter.js';
import { Failure } from '../failure.js';
import { unreachable } from '../request-failures.js';

const PATH = '/downstream/deliveries/export';

/** Writes the log of deliveries as it comes in: to stdout, or to a file. */
export const log: RunCommand = async (context) => {
	const { connection, flags, folder, progress, terminal } = context;
	const instance = connection();
	const query = { ...(await deliveryFilter(instance, flags)), format: flags.format, attempts: flags.attempts };
	const body = await open(instance, query);
	const read = async <T>(writing: Promise<T>) => {
		try {
			return await writing;
		} catch (error) {
			throw new Failure('BROKEN_OFF', 'The log ended before it was complete.', {
				where: `GET ${instance.url}${PATH}`,
				advice: 'Run the command again, for a shorter time (--since, --until) where it is long.',
				cause: error,
			});
		}
	};
	if (flags.output === undefined) {
		await read(
			(async () => {
				const text = new TextDecoder();
				for await (const bytes of body) terminal.raw(text.decode(bytes as Uint8Array, { stream: true }));
			})(),
		);
		return 0;
	}
	const file = resolve(folder, flags.output);
	const part = `${file}.part`;
	try {
		await progress.during(`Writing the log to ${flags.output}`, () =>
			read(pipeline(body, createWriteStream(part, { mode: 0o600 }))),
		);
		await rename(part, file);
	} catch (error) {
		await unlink(part).catch(() => undefined);
		throw error;
	}
	context.print({ file }, () => `The log is in ${relative(folder, file)}.`);
	return 0;
};

async function open(instance: Connection, query: Record<string, unknown>): Promise<Readable> {
	const token = await instance.token();
	const asked = { method: 'GET', path: PATH };
	let response: Response;
	try {
		response = await instance.fetch(`${instance.url}${PATH}${queryText(query)}`, {
			headers: token === null ? {} : { Authorization: `Bearer ${token}` },
		});
	} catch (error) {
		throw unreachable(error, {
			...asked,
			url: instance.url,
			isRead: true,
			limit: 0,
			flag: '--directus-url',
			proxies: [],
		});
	}
	if (!response.ok || !response.body)
		throw await instance.refused(response.status, await response.json().catch(() => undefined), asked);
	return Readable.fromWeb(response.body as never);
}
