import type { Row } from '../../core/item-change.js';
import type { EventName } from '../../core/vocabulary.js';
import type { SyncField, SyncModel } from '../../core/sync/sync-model.js';
import type { StoredConflict } from './apply-ports.js';
import {
	freshVersion,
	versionId,
	VersionMoved,
	type RowVersion,
	type SyncIdEntry,
} from '../../core/sync/row-version.js';
import type { SyncReads } from './sync-reads.js';

interface Change {
	id: number;
	collection: string;
	item: string;
	event: EventName;
	at: number;
	fields: string[] | null;
}

/** What a transaction can take back. */
interface Contents {
	rows: Map<string, Map<string, Row>>;
	outbox: Change[];
	ids: SyncIdEntry[];
	versions: Map<string, RowVersion>;
	conflicts: StoredConflict[];
}

const field = (name: string, more: Partial<SyncField> = {}): SyncField => ({
	field: name,
	kind: 'value',
	type: 'string',
	related: null,
	typeField: null,
	required: false,
	...more,
});
const reference = (name: string, related: string) => field(name, { kind: 'reference', type: 'integer', related });

const model = (collection: string, fields: SyncField[], more: Partial<SyncModel> = {}): SyncModel => ({
	collection,
	primary: 'id',
	keyType: 'integer',
	singleton: false,
	junction: null,
	fields: new Map(fields.map((one) => [one.field, one])),
	...more,
});

/** A small content model with each kind of key and relation. */
export const EXAMPLE_MODELS = new Map(
	[
		model('authors', [field('label'), field('name')]),
		model('tags', [field('label')]),
		model('articles', [
			field('label'),
			field('title'),
			field('body'),
			reference('author', 'authors'),
			reference('page', 'pages'),
		]),
		model('pages', [field('label'), field('title'), field('status', { default: 'draft' })], { match: ['label'] }),
		model('notes', [field('label'), field('title')], { keyType: 'uuid', match: ['label'] }),
		model('codes', [field('label'), field('title')], { keyType: 'text' }),
		model('links', [reference('article', 'articles'), reference('tag', 'tags')], { junction: ['article', 'tag'] }),
		model('parts', [field('label'), { ...reference('author', 'authors'), required: true }]),
		model('bolts', [field('label'), { ...reference('part', 'parts'), required: true }]),
		model('blocks', [field('label'), field('text')]),
		model('places', [
			reference('article', 'articles'),
			field('item', { kind: 'many-to-any', typeField: 'kind' }),
			field('sort'),
		]),
		model('docs', [field('label'), field('title')], { keyType: 'uuid' }),
	].map((one): [string, SyncModel] => [one.collection, one]),
);

/** What the database does when a row goes that others refer to; nothing where a collection is not named. */
const CASCADES: Record<string, { collection: string; field: string; effect: 'delete' | 'empty' }[]> = {
	authors: [{ collection: 'articles', field: 'author', effect: 'empty' }],
	pages: [{ collection: 'articles', field: 'page', effect: 'empty' }],
	articles: [
		{ collection: 'links', field: 'article', effect: 'delete' },
		{ collection: 'places', field: 'article', effect: 'delete' },
	],
	tags: [{ collection: 'links', field: 'tag', effect: 'delete' }],
};

/** A database in memory with the rows of one instance, its outbox and the records of sync. */
export class ExampleDatabase {
	contents: Contents = { rows: new Map(), outbox: [], ids: [], versions: new Map(), conflicts: [] };
	#key: number;
	#change = 0;
	/** What each open transaction began with. */
	#before: Contents[] = [];
	/** Called before and after rows are read, and before one is taken in that is new: whatever else goes on at that moment. */
	meanwhile: () => Promise<void> = () => Promise.resolve();

	constructor(firstKey: number) {
		this.#key = firstKey;
	}

	table(collection: string): Map<string, Row> {
		const { rows } = this.contents;
		const found = rows.get(collection) ?? new Map<string, Row>();
		rows.set(collection, found);
		return found;
	}

	/** Does all of it or, where it throws, nothing. What another one commits before this one has written anything stays. */
	async transaction<T>(work: () => Promise<T>): Promise<T> {
		this.#before.push(structuredClone(this.contents));
		try {
			const result = await work();
			this.#before.pop();
			this.#before = this.#before.map(() => structuredClone(this.contents));
			return result;
		} catch (error) {
			this.contents = this.#before.pop() as Contents;
			throw error;
		}
	}

	create(collection: string, values: Row, at: number): string {
		const key = String(values['id'] ?? (EXAMPLE_MODELS.get(collection)?.keyType === 'uuid' ? '' : this.#key++));
		if (this.table(collection).has(key) || this.alike(collection, values).length > 0)
			throw Object.assign(new Error('taken'), { status: 400, code: 'RECORD_NOT_UNIQUE' });
		const empty = Object.fromEntries(
			[...(EXAMPLE_MODELS.get(collection)?.fields.values() ?? [])].flatMap((one) =>
				one.typeField
					? [
							[one.field, null],
							[one.typeField, null],
						]
					: [[one.field, one.default ?? null]],
			),
		) as Row;
		this.table(collection).set(key, { ...empty, ...values, id: key });
		this.#note(collection, key, 'create', { at });
		return key;
	}

	update(collection: string, key: string, values: Row, at: number): void {
		const row = this.table(collection).get(key);
		if (!row) return;
		this.table(collection).set(key, { ...row, ...values });
		this.#note(collection, key, 'update', { at, fields: Object.keys(values) });
	}

	remove(collection: string, key: string, at: number): void {
		if (!this.table(collection).delete(key)) return;
		this.#note(collection, key, 'delete', { at });
		for (const { collection: child, field: name, effect } of CASCADES[collection] ?? [])
			for (const [childKey, row] of new Map(this.table(child))) {
				if (String(row[name]) !== key) continue;
				if (effect === 'delete') this.remove(child, childKey, at);
				else this.update(child, childKey, { [name]: null }, at);
			}
	}

	/** Rows with the same match values, which are unique. */
	alike(collection: string, values: Row): string[] {
		const { match } = EXAMPLE_MODELS.get(collection) ?? {};
		if (!match || match.some((name) => (values[name] ?? null) === null)) return [];
		return [...this.table(collection)].flatMap(([key, row]) =>
			match.every((name) => row[name] === values[name]) ? [key] : [],
		);
	}

	touch(collection: string, key: string, at: number): void {
		this.#note(collection, key, 'update', { at });
	}

	#note(
		collection: string,
		item: string,
		event: EventName,
		{ at, fields = null }: { at: number; fields?: string[] | null },
	): void {
		this.contents.outbox.push({ id: ++this.#change, collection, item, event, at, fields });
	}

	readonly reads: SyncReads = {
		rows: async (collection, keys) => {
			await this.meanwhile();
			const table = this.table(collection);
			const found = new Map(keys.flatMap((key) => (table.has(key) ? [[key, { ...table.get(key) }]] : [])));
			await this.meanwhile();
			return found;
		},
		matching: async (collection, _primary, values) =>
			[...this.table(collection)]
				.filter(([, row]) => Object.entries(values).every(([name, value]) => String(row[name]) === String(value)))
				.map(([key]) => key)
				.slice(0, 2),
		having: async (collection, column, values) =>
			[...this.table(collection).values()].filter((row) => values.includes(row[column])),
		byLocalKey: async (collection, keys) =>
			this.contents.ids.filter((one) => one.collection === collection && keys.includes(one.localKey)),
		bySyncId: async (collection, ids) =>
			this.contents.ids.filter((one) => one.collection === collection && ids.includes(one.syncId)),
		users: async () => [],
		usersKnownBy: async () => [],
		changedSince: async (collections, since) =>
			[...this.contents.versions.values()].filter(
				({ collection, changedAt, deletedAt }) =>
					collections.includes(collection) && changedAt >= since && deletedAt === null,
			),
		leftEmpty: async () => [...this.contents.versions.values()].filter(({ here }) => Object.keys(here).length > 0),
		unplanned: async (refs) =>
			new Map(
				[...Map.groupBy(this.contents.outbox, ({ collection, item }) => `${collection}/${item}`)]
					.filter(([place]) => refs.some(({ collection, key }) => place === `${collection}/${key}`))
					.map(([place, steps]) => {
						const isNew = steps.some(({ event }) => event === 'create');
						const wasDeleted = steps.some(({ event }) => event === 'delete');
						return [place, { at: steps.at(-1)?.at ?? 0, isNew, wasDeleted, steps }];
					}),
			),
		versions: async (refs) =>
			new Map(refs.map((ref) => [versionId(ref), this.contents.versions.get(versionId(ref)) ?? freshVersion(ref)])),
	};

	addIds(added: SyncIdEntry[], moved: SyncIdEntry[]): void {
		for (const entry of added) {
			const isTaken = this.contents.ids.some(
				({ collection, syncId, localKey }) =>
					collection === entry.collection && (syncId === entry.syncId || localKey === entry.localKey),
			);
			if (isTaken) throw new Error(`downstream_sync_ids: ${JSON.stringify(entry)} is taken`);
			this.contents.ids.push(entry);
		}
		for (const entry of moved)
			this.contents.ids = this.contents.ids.map((one) =>
				one.collection === entry.collection && one.syncId === entry.syncId ? entry : one,
			);
	}

	writeVersions(versions: RowVersion[]): void {
		if (new Set(versions.map(versionId)).size < versions.length) throw new Error('one record is written twice');
		for (const version of versions) {
			const id = versionId(version);
			if ((this.contents.versions.get(id)?.revision ?? 0) !== version.revision) throw new VersionMoved();
			this.contents.versions.set(id, { ...version, revision: version.revision + 1 });
		}
	}
}
