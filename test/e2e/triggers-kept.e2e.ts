import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeBefore } from '../../src/capture/tables/raw-values.js';
import { TRIGGER_DATABASES, triggerWorld, type TriggerWorld } from './trigger-world.js';

describe.each(TRIGGER_DATABASES)('database triggers, kept up to date, on %s', (kind) => {
	let world: TriggerWorld;
	beforeAll(async () => void (world = await triggerWorld(kind)));
	afterAll(() => world?.end());

	it('break no write when columns, tables, keys or the outbox are dropped, and are repaired', async () => {
		const { keeper, look, recordedBy, other, said } = world;
		await recordedBy(() => other('posts').insert([901, 905].map((id) => ({ id, title: 'here', slug: 'gone' }))));
		await other.raw('alter table posts drop column slug');
		expect(await recordedBy(() => other('posts').where({ id: 901 }).update({ title: 'without' }))).toEqual([
			'posts update 901',
		]);
		expect(await recordedBy(() => other('posts').where({ id: 905 }).del())).toEqual(['posts delete 905']);
		await other.raw('alter table posts rename column id to pid');
		const [first] = await recordedBy(() => other('posts').where({ pid: 901 }).update({ title: 'other key' }));
		// Only SQLite's triggers follow the key.
		expect(first).toBe(kind === 'sqlite' ? 'posts update 901' : 'posts update *');
		expect(await recordedBy(() => other('posts').insert({ title: 'other key' }))).toHaveLength(1);
		await look();
		expect(keeper.status().problems).toEqual([{ collection: 'posts', problem: 'it has no column id' }]);
		expect(keeper.status().collections).not.toContain('posts');
		said.length = 0;
		await other('posts').where({ pid: 901 }).update({ title: 'other key' });
		await other.raw('alter table posts rename column pid to id');
		await other.raw('alter table pages rename to papers');
		await other('papers').insert({ code: 'p' });
		await other.raw('alter table papers rename to pages');
		await look();
		expect(keeper.status().problems).toEqual([]);
		await recordedBy(() => Promise.resolve());
		// A table that is made anew, as SQLite does it for every changed column, has lost its triggers.
		await other.schema.dropTable('pages');
		await other.schema.createTable('pages', (table) => void table.string('code').primary());
		await look();
		expect(await recordedBy(() => other('pages').insert({ code: 'new' }))).toEqual(['pages create new']);
		if (kind === 'sqlite') return;
		await other.schema.renameTable('downstream_outbox', 'outbox_away');
		expect(await other('pages').where({ code: 'new' }).update({ code: 'newer' })).toBe(1);
		await other.schema.renameTable('outbox_away', 'downstream_outbox');
	});

	it('keep what an item was as its driver reads it', { skip: kind === 'sqlite' }, async () => {
		const { look, ours, other, watch, recordedBy } = world;
		const isPostgres = kind === 'postgres';
		const types: Record<string, string> = {
			big: 'bigint',
			exact: 'decimal(30, 10)',
			real_: 'double precision',
			yes: 'boolean',
			data: 'json',
			text_: 'text',
			...(isPostgres ? {} : { long_: 'longtext' }),
			at: isPostgres ? 'timestamptz' : 'timestamp(3)',
			local: isPostgres ? 'timestamp' : 'datetime(3)',
			day: 'date',
			time_: 'time',
			...(isPostgres ? { id2: 'uuid', data2: 'jsonb' } : {}),
		};
		const names = Object.keys(types).flatMap((column) => [column, `no_${column}`]);
		const pages = watch.collections.get('pages');
		if (pages) pages.columns = names;
		for (const name of names) {
			const type = types[name.replace('no_', '')] ?? '';
			await other.raw(`alter table pages add ${name} ${type}${type.startsWith('timestamp(') ? ' null' : ''}`);
		}
		await look();
		await other('pages').insert({
			code: 'all',
			big: isPostgres ? '9007199254740993' : 42,
			exact: '12345678901234567890.0123456789',
			real_: 0.1,
			yes: true,
			data: JSON.stringify({ $date: [1, null, 'ü'] }),
			text_: `"'\\ ü 😀`,
			at: isPostgres ? '2026-03-29T01:30:00.123456Z' : '2026-03-29 04:30:00.123',
			local: '2026-03-29 04:30:00.5',
			day: '2026-03-29',
			time_: '12:30:00',
			...(isPostgres
				? { id2: '0c9b7d38-3a51-4b0d-8f0c-1d6b1f6f5f11', data2: '[{"$local": 1}, 2]' }
				: { long_: '{"$date": 1}' }),
		});
		const row = await ours('pages')
			.where({ code: 'all' })
			.first('code', ...names);
		expect(Object.keys(row)).toHaveLength(1 + names.length);
		// Whatever the writer's own time zone.
		await other.transaction(async (trx) => {
			await trx.raw(isPostgres ? "set local time zone '+05:00'" : "set time_zone = '+05:00'");
			await trx('pages').where({ code: 'all' }).update({ text_: 'new' });
			if (!isPostgres) await trx.raw('set time_zone = default');
		});
		const change = await ours('downstream_outbox').whereNotNull('before').orderBy('id', 'desc').first();
		expect(decodeBefore(change.before).columns).toEqual(row);
		await recordedBy(() => Promise.resolve());
	});

	it(
		'say what to do where the database user may not make them, and make them as soon as it may',
		{
			skip: kind === 'sqlite',
		},
		async () => {
			const { keeper, keeperOf, look, other, said, watch, recordedBy } = world;
			await keeperOf('off').begin();
			const user = await limitedUser(world);
			try {
				let limited = keeperOf('on', user.knex());
				await look(limited);
				expect(limited.status().collections).toEqual([]);
				expect(limited.status().problems[0]?.problem).toMatch(/may not make triggers: .*grant/i);
				expect(said.splice(0).join()).toMatch(/triggers are missing.*may not make triggers/);
				await user.grant();
				limited = keeperOf('on', user.knex());
				await look(limited);
				expect(limited.status()).toMatchObject({ collections: [...watch.collections.keys()].toSorted(), problems: [] });
				// On MySQL they run as that user, as do those of a dump that comes from elsewhere, until they are made anew.
				if (kind === 'mysql') await look(keeper);
			} finally {
				await user.end();
			}
			await look(keeper);
			const made = await recordedBy(() => other('pages').insert({ code: 'after all' }));
			expect(made).toEqual(['pages create after all']);
		},
	);

	it('are made anew when the rules ask for other columns or collections', async () => {
		const { keeper, look, recordedBy, other, watch } = world;
		watch.collections.delete('likes');
		await look();
		expect(keeper.status().collections).toEqual(['comments', 'pages', 'posts']);
		expect(await recordedBy(() => other('likes').insert({ comment: null }))).toEqual([]);
	});

	it('are all removed, by hand or without the setting, and leave everything as it was', async () => {
		const { keeper, keeperOf, look, recordedBy, triggerNames, other } = world;
		await keeper.remove();
		expect(await triggerNames()).toEqual([]);
		await look();
		expect({ names: await triggerNames(), ...keeper.status() }).toMatchObject({ names: [], collections: [] });
		await keeper.begin();
		await look();
		expect(await triggerNames()).not.toEqual([]);
		await keeperOf('left').begin();
		expect(await triggerNames()).not.toEqual([]);
		await keeperOf('off').begin();
		expect(await triggerNames()).toEqual([]);
		if (kind === 'postgres')
			expect((await other.raw("select 1 from pg_proc where proname like 'downstream%'")).rows).toEqual([]);
		expect(await recordedBy(() => other('posts').insert({ title: 'unseen' }))).toEqual([]);
	});
});

/** A user of the database who may write what is there, and no more until that is granted. */
async function limitedUser({ kind, other, server, name }: TriggerWorld) {
	const user = `${name.slice(-16)}_limited`;
	const isPostgres = kind === 'postgres';
	const tables = isPostgres ? 'all tables in schema public' : `\`${name}\`.*`;
	const to = isPostgres ? `"${user}"` : `'${user}'@'%'`;
	await other.raw(
		isPostgres ? `create role ${to} login password 'limited'` : `create user ${to} identified by 'limited'`,
	);
	await other.raw(`grant select, insert, update, delete on ${tables} to ${to}`);
	const login = isPostgres ? ['PGUSER', 'PGPASSWORD'] : ['MYSQL_USER', 'MYSQL_PWD'];
	const connect = () => {
		const before = login.map((variable) => process.env[variable]);
		login.forEach((variable, index) => (process.env[variable] = index === 0 ? user : 'limited'));
		const made = server.connect(name);
		login.forEach((variable, index) => {
			if (before[index] === undefined) delete process.env[variable];
			else process.env[variable] = before[index];
		});
		return made;
	};
	let knex = connect();
	return {
		knex: () => knex,
		async grant() {
			await other.raw(`grant trigger on ${tables} to ${to}`);
			if (isPostgres) await other.raw(`grant create, usage on schema public to ${to}`);
			// MySQL's connections go on with the rights that they began with.
			await knex.destroy();
			knex = connect();
		},
		async end() {
			await knex.destroy();
			if (isPostgres) await other.raw(`drop owned by ${to} cascade`);
			await other.raw(isPostgres ? `drop role ${to}` : `drop user ${to}`);
		},
	};
}
