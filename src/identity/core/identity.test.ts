import { expect, it } from 'vitest';
import { differenceOf, hostOf, type Place } from './identity.js';

const sqlite: Place = { host: 'cms.example.com', file: { path: '/data/db.sqlite', inode: '12', born: 1_700 } };
const postgres: Place = { cluster: { system: '7300', database: '16384' } };
const mysql: Place = { server: { uuid: 'a-b', host: 'db1', schema: 'cms', made: '2026-01-01T00:00:00' } };
const mariadb: Place = { server: { host: 'db1', schema: 'cms', made: '2026-01-01T00:00:00' } };

it('finds nothing where an instance is started again', () => {
	for (const place of [sqlite, postgres, mysql, mariadb, {}])
		expect(differenceOf(place, structuredClone(place))).toBeNull();
});

it.each<[string, Place, Place]>([
	['a copied file', sqlite, { ...sqlite, file: { path: '/copy/db.sqlite', inode: '12', born: 1_700 } }],
	['a file put in its place', sqlite, { ...sqlite, file: { path: '/data/db.sqlite', inode: '13', born: 1_800 } }],
	['another server of PostgreSQL', postgres, { cluster: { system: '7301', database: '16384' } }],
	['another database of PostgreSQL', postgres, { cluster: { system: '7300', database: '16390' } }],
	[
		'another server of MySQL',
		mysql,
		{ server: { uuid: 'c-d', host: 'db1', schema: 'cms', made: '2026-01-01T00:00:00' } },
	],
	['another schema', mariadb, { server: { host: 'db1', schema: 'staging', made: '2026-01-01T00:00:00' } }],
	['a dump on another MariaDB', mariadb, { server: { host: 'db2', schema: 'cms', made: '2026-05-05T00:00:00' } }],
	['another kind of database', sqlite, { ...postgres, host: 'cms.example.com' }],
	['a disk snapshot under another name', { ...postgres, host: 'cms.example.com' }, { ...postgres, host: 'localhost' }],
])('tells %s from the original', (_what, known, current) => {
	expect(differenceOf(known, current)).not.toBeNull();
});

it.each<[string, Place, Place]>([
	[
		'a port or scheme of the public URL',
		{ host: hostOf('http://cms.example.com:8055') ?? '' },
		{ host: hostOf('https://CMS.example.com/') ?? '' },
	],
	['names of this machine', { host: '127.0.0.1' }, { host: 'localhost' }],
	['a public URL that was not set', sqlite, { file: sqlite.file ?? { path: '', inode: '', born: 0 } }],
	[
		'an unstable inode of a shared folder',
		sqlite,
		{ ...sqlite, file: { path: '/data/db.sqlite', inode: '99', born: 1_700 } },
	],
	[
		'a MariaDB container with a new name',
		mariadb,
		{ server: { host: 'db2', schema: 'cms', made: '2026-01-01T00:00:00' } },
	],
	[
		'a MariaDB table that was rebuilt',
		mariadb,
		{ server: { host: 'db1', schema: 'cms', made: '2026-05-05T00:00:00' } },
	],
	['a system identifier that may no longer be read', postgres, { cluster: { database: '16384' } }],
])('does not take %s for another place', (_what, known, current) => {
	expect(differenceOf(known, current)).toBeNull();
});

it('treats a relative public URL as missing', () => {
	expect([hostOf('/'), hostOf(''), hostOf('https://a.example/cms')]).toEqual([undefined, undefined, 'a.example']);
});
