/**
 * `npm run million`: how long the endpoint's lists take with a million deliveries in the history, a hundred thousand of
 * them failed, on SQLite. Prints route, filter and milliseconds (the median of five), and ends with 1 where one takes
 * 200 ms or more.
 *
 *     npm run million -- --rows 100000   a smaller history: a first look
 *     npm run million -- --no-build      what is in dist as it is
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, nodeEnvironment, ROOT } from './install.mjs';

const BAR_MS = 200;
const ROUNDS = 5;
const HOUR_MS = 3_600_000;

const { values: given } = parseArgs({
	options: {
		rows: { type: 'string', default: '1000000' },
		'no-build': { type: 'boolean', default: false },
		here: { type: 'boolean', default: false },
	},
});
const ROWS = Number(given.rows);

if (!(ROWS >= 1_000)) throw new Error('npm run million -- [--rows 1000000] [--no-build]');
if (given.here) await measure();
else {
	await install({ directus: ['12'] });
	const run = (command, ...args) =>
		spawnSync(command, args, {
			cwd: ROOT,
			env: nodeEnvironment(),
			shell: process.platform === 'win32' && command === 'npm',
			stdio: 'inherit',
		}).status ?? 1;
	const built = given['no-build'] ? 0 : run('npm', 'run', '--silent', 'build');
	process.exitCode = built || run('node', join(ROOT, 'scripts', 'million.mjs'), '--here', '--rows', String(ROWS));
}

async function measure() {
	await import('./typescript.mjs');
	const { startDirectus } = await import('../test/kit/directus.ts');
	const directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
	try {
		console.log(`filling the history with ${ROWS} deliveries …`);
		const targets = await fill(directus);
		let slow = 0;
		console.log(`\n${'ms'.padStart(7)}  ${'total'.padStart(9)}  route`);
		for (const path of paths(targets)) {
			const times = [];
			let answer;
			for (let round = 0; round < ROUNDS; round += 1) {
				const started = performance.now();
				answer = await directus.request('GET', `/downstream${path}`);
				times.push(performance.now() - started);
			}
			const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)];
			if (median >= BAR_MS) slow += 1;
			const { total, total_is_estimate: isEstimate } = answer.meta ?? {};
			const told = total === undefined ? '' : `${isEstimate ? '≥ ' : ''}${total}`;
			console.log(
				`${median.toFixed(1).padStart(7)}  ${told.padStart(9)}  ${path}${median >= BAR_MS ? '  ← too slow' : ''}`,
			);
		}
		console.log(
			`\n${slow === 0 ? 'Every' : `${slow} not, every other`} answer came in less than ${BAR_MS} ms (median of ${ROUNDS}).`,
		);
		process.exitCode = slow === 0 ? 0 : 1;
	} finally {
		await directus.stop();
	}
}

/** What the Studio asks for, and what is hard: filters that fit nothing, fit all, and go together badly. */
function paths([target]) {
	const now = Date.now();
	const list = [
		'',
		'limit=100',
		`page=${Math.floor(ROWS / 50)}`,
		'sort=created_at',
		'sort=-tries',
		'sort=target',
		'sort=-next_at',
		'sort=-delivered_at',
		'sort=collection',
		'sort=-status',
		'status=delivered',
		'status=failed',
		'status=failed,retrying',
		'status=failed,retrying&sort=-next_at',
		'status=pending,sending,retrying',
		'status=cancelled',
		'status=delivered,failed',
		`target=${target}`,
		`target=${target}&status=failed`,
		`target=${target}&status=failed,retrying&sort=-tries`,
		`target=${target}&status=delivered`,
		`target=${target}&collection=authors`,
		'target=nobody',
		'collection=posts',
		'collection=authors',
		'collection=nothing',
		'collection=posts&status=failed',
		'item=77',
		'item=nothing',
		'collection=posts&item=77',
		'event=create',
		'event=delete',
		'kind=flush',
		'error=HTTP_500',
		`error=HTTP_500&target=${target}&status=failed`,
		'operation=nothing',
		`since=${now - HOUR_MS}`,
		`since=${now - 24 * HOUR_MS}&status=failed`,
		`since=${now - 24 * 7 * HOUR_MS}`,
		`until=${now - 24 * 20 * HOUR_MS}`,
		`since=${now - 24 * 7 * HOUR_MS}&until=${now - 24 * 6 * HOUR_MS}&status=delivered`,
		'q=posts',
		'q=zzz',
		`q=zzz&target=${target}`,
		'q=500&status=failed',
		'q=zzz&sort=-tries',
		'q=zzz&event=delete&status=failed,retrying',
	];
	return [
		...list.map((query) => `/deliveries${query ? `?${query}` : ''}`),
		'/deliveries/causes',
		`/deliveries/causes?target=${target}`,
		'/deliveries/causes?status=failed',
		'/deliveries/causes?collection=posts',
		'/deliveries/causes?q=500',
		'/deliveries/causes?q=zzz',
		`/deliveries/causes?since=${now - 24 * HOUR_MS}`,
		'/status',
		'/incidents',
		'/incidents?resolved=false',
		'/throughput',
		'/throughput?hours=168',
		'/adapters',
	];
}

/** Rows as the package writes them, put there past it: a month of history of ten targets. */
async function fill(directus) {
	const targets = [];
	for (let number = 0; number < 10; number += 1) {
		const { id } = await directus.data('POST', '/items/cache_flush_targets', {
			name: `Site ${number}`,
			status: 'published',
			url: `http://127.0.0.1:9/${number}`,
			schema: [{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] }],
		});
		targets.push(id);
	}
	const { sql } = directus;
	const step = Math.floor((30 * 24 * HOUR_MS) / ROWS);
	const now = Date.now();
	const targetOf = `case n % 10 ${targets.map((id, number) => `when ${number} then '${id}'`).join(' ')} end`;
	for (let start = 0; start < ROWS; start += 20_000) {
		const at = `(${now} - (${ROWS} - n) * ${step})`;
		const failed = 'n % 10 = 3 or n % 100 = 7';
		const status = `case when n % 100 = 7 then 'retrying' when n % 10 = 3 then 'failed' else 'delivered' end`;
		const trouble = (value) => `case when ${failed} then ${value} end`;
		await sql.raw(
			`insert into downstream_deliveries (id, kind, target, status, collection, item, event, reason, as_it_was, changed_at,
				created_at, next_at, delivered_at, tries, batch, batches, error_code, error_message)
			with recursive series(n) as (select ${start} union all select n + 1 from series where n + 1 < ${Math.min(ROWS, start + 20_000)})
			select ${uuidAt(at)}, 'flush', case when n % 3 = 0 then '${targets[0]}' else ${targetOf} end, ${status},
				case when n % 20 = 0 then 'authors' else 'posts' end, cast(n % 50000 as text),
				case when n % 7 = 0 then 'create' else 'update' end, 'title changed', 0, ${at}, ${at},
				case when n % 100 = 7 then ${now} + ${24 * HOUR_MS} else ${at} end, ${`case when not (${failed}) then ${at} + 90 end`}, 1 + n % 3,
				printf('%036x', n / 10), printf('%036x', n / 10), ${trouble(`'HTTP_' || (500 + n % 3)`)},
				${trouble(`'the target answered 500: out of order'`)}
			from series`,
		);
	}
	const hours = [];
	for (let ago = 0; ago < 14 * 24; ago += 1) {
		const hour = Math.floor(now / HOUR_MS - ago) * HOUR_MS;
		for (const target of targets)
			hours.push({ id: `${hour}:${target}`, target, hour, delivered: 100, requests: 10, took_4: 10 });
	}
	for (let start = 0; start < hours.length; start += 40)
		await sql('downstream_hours').insert(hours.slice(start, start + 40));
	const incidents = Array.from({ length: 10_000 }, (_, number) => ({
		id: `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
		target: targets[number % 10],
		kind: 'flush',
		started_at: now - number * 250_000,
		resolved_at: now - number * 250_000 + 60_000,
		count: 5,
		last_error: '{"code":"HTTP_500","message":"the target answered 500"}',
	}));
	for (let start = 0; start < incidents.length; start += 40)
		await sql('downstream_incidents').insert(incidents.slice(start, start + 40));
	return targets;
}

/** An id (UUID v7) of that time, as SQL. */
function uuidAt(at) {
	return `printf('%08x-%04x-7%03x-%04x-%s', ${at} >> 16, ${at} & 65535, n & 4095, 32768 + (n & 16383), lower(hex(randomblob(6))))`;
}
