/** Deletes the file in which nginx keeps a page: nginx then makes it anew. For `PURGE`, which nginx itself can't do. */
import { createHash } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const { PURGE_PORT = 3001, CACHE = 'cache' } = process.env;

createServer(async (request, response) => {
	// As `levels=1:2` has it: the file's name is the MD5 of the key, in folders that are named by its end.
	const name = createHash('md5').update(String(request.headers['x-cache-key'])).digest('hex');
	try {
		await unlink(join(CACHE, name.slice(-1), name.slice(-3, -1), name));
		response.writeHead(200).end('purged\n');
	} catch (error) {
		const isUnknown = error.code === 'ENOENT';
		response.writeHead(isUnknown ? 404 : 500).end(`${isUnknown ? 'not in the cache' : error.message}\n`);
	}
}).listen(Number(PURGE_PORT), '127.0.0.1');
