import { useApi } from '@directus/extensions-sdk';
import { computed, inject, provide, ref, shallowRef, watch, type InjectionKey, type Ref } from 'vue';
import type { AdapterInfo, Issue, JsonSchema } from '../../endpoint/answers.js';
import { readFailure, type Failure } from '../../endpoint/failure.js';
import { useRequests } from '../../endpoint/use-endpoint.js';
import english from '../../words/en-US/flush-target.js';
import { useWords } from '../../words/use-words.js';
import {
	changedFields,
	checkDraft,
	freshDraft,
	isDirty,
	parsedRules,
	readStored,
	type Draft,
	type StoredTarget,
} from './draft.js';
import { FLUSH, type KindOfTarget } from './target-kind.js';
import { useChecked } from './use-checked.js';

/** How a save ended: `moved` = somebody else saved meanwhile, `wrong` = the document has issues, `failed` = see failure. */
export type Saved = 'saved' | 'moved' | 'wrong' | 'failed';

/** The id of a target that is not stored yet. */
const NEW = '+';

const MISSING = { response: { status: 404 } };

/** The one document that the page is about: what is stored, what was made of it, what is wrong with it. */
function makeDocument(id: Ref<string>, of: KindOfTarget) {
	const api = useApi();
	const requests = useRequests();
	const say = useWords('flush-target', english);
	const stored = shallowRef<StoredTarget | null>(null);
	const fresh = () => freshDraft(of.kind === 'flush');
	const start = shallowRef<Draft>(fresh());
	const draft = ref<Draft>(fresh());
	const ready = ref(false);
	const saving = ref(false);
	const tried = ref(false);
	const failure = shallowRef<Failure | null>(null);
	const refused = shallowRef<Issue[]>([]);
	const adapters = shallowRef<AdapterInfo[]>([]);
	const checked = useChecked(draft, of.kind);

	const isNew = computed(() => stored.value === null);
	/** Whether changes are sent to it. */
	const served = computed(() => stored.value?.status === 'published');
	const dirty = computed(() => ready.value && isDirty(draft.value, start.value));
	const own = computed(() =>
		tried.value || draft.value.url.trim() !== ''
			? checkDraft(draft.value, { urlMissing: say('url_missing'), urlWrong: say('url_wrong') })
			: [],
	);
	const issues = computed(() => {
		const here = [...own.value, ...checked.issues.value];
		const known = new Set(here.map(({ path }) => path));
		return [...here, ...refused.value.filter(({ path }) => !known.has(path))];
	});
	/** What the server refused is not known to be wrong any more once it was edited. */
	const fieldOf = (path: string) => path.split('/')[1] ?? '';
	const watched: Record<string, () => unknown> = {
		url: () => draft.value.url,
		auth_header: () => draft.value.authHeader,
		signing_secret: () => draft.value.signingSecret,
		adapter: () => draft.value.adapter,
		schema: () => draft.value.rules,
		options: () => JSON.stringify(draft.value.options),
	};
	for (const [field, value] of Object.entries(watched))
		watch(value, () => (refused.value = refused.value.filter(({ path }) => fieldOf(path) !== field)));

	function take(target: StoredTarget | null): void {
		stored.value = target;
		start.value = target ? readStored(target) : fresh();
		draft.value = structuredClone(start.value);
		refused.value = [];
		tried.value = false;
		checked.checkNow();
	}

	const read = async (which: string) => {
		// Asked as a list, because Directus says of a single item that is not there that it is forbidden.
		if (!/^[\da-f-]{36}$/i.test(which)) throw MISSING;
		const params = { fields: of.fields, filter: { id: { _eq: which } }, limit: 1 };
		const answer = await api.get(of.items, { params });
		const [fetched] = (answer.data as { data: StoredTarget[] }).data;
		if (!fetched) throw MISSING;
		return fetched;
	};

	/** A remote source is of one kind, without options of its own. */
	async function optionsOf(): Promise<AdapterInfo[]> {
		if (of.kind === 'flush') {
			const language = document.documentElement.lang;
			return (await requests.get<{ data: AdapterInfo[] }>('/adapters', { language })).data;
		}
		const { data: common } = await requests.get<{ data: JsonSchema }>('/sync/options');
		return [{ name: 'webhook', options: {}, common } as AdapterInfo];
	}

	async function load(): Promise<void> {
		failure.value = null;
		const wanted = id.value;
		ready.value = false;
		try {
			const [target, kinds] = await Promise.all([wanted === NEW ? null : read(wanted), optionsOf()]);
			if (id.value !== wanted) return;
			adapters.value = kinds;
			take(target);
			ready.value = true;
		} catch (thrown) {
			failure.value = readFailure(thrown);
		}
	}

	/** Stores the draft, with another status if told; `overwrite` also where somebody saved meanwhile. */
	async function save(status?: Draft['status'], overwrite = false): Promise<Saved> {
		if (saving.value) return 'failed';
		tried.value = true;
		const wanted: Draft = { ...draft.value, status: status ?? draft.value.status };
		const isServed = wanted.status === 'published';
		if (own.value.length > 0 || parsedRules(wanted) === undefined || (isServed && issues.value.length > 0))
			return 'wrong';
		saving.value = true;
		failure.value = null;
		try {
			const before = stored.value;
			if (before && !overwrite && (await read(before.id)).date_updated !== before.date_updated) return 'moved';
			const params = { fields: of.fields };
			const fields = changedFields(wanted, start.value);
			const answer = before
				? await api.patch(`${of.items}/${before.id}`, fields, { params })
				: await api.post(of.items, { ...firstFields(wanted), ...fields }, { params });
			take((answer.data as { data: StoredTarget }).data);
			return 'saved';
		} catch (thrown) {
			const cause = readFailure(thrown);
			refused.value = cause.code === 'RECORD_NOT_UNIQUE' ? [taken()] : cause.issues;
			if (refused.value.length > 0) return 'wrong';
			failure.value = cause;
			return 'failed';
		} finally {
			saving.value = false;
		}
	}
	const firstFields = ({ adapter, authHeader, options }: Draft) =>
		of.kind === 'flush' ? { adapter, auth_header: authHeader, options } : {};
	const taken = (): Issue => ({ path: '/url', code: 'not_unique', message: say('url_taken') });

	const remove = () => api.delete(`${of.items}/${stored.value?.id ?? ''}`);
	const discard = () => take(stored.value);
	/** Another kind of target: what only the former kind knows is not kept. */
	function setAdapter(name: string): void {
		const keys = (which: string) =>
			Object.keys(adapters.value.find((info) => info.name === which)?.options.properties ?? {});
		const dropped = new Set(keys(draft.value.adapter).filter((key) => !keys(name).includes(key)));
		const options = Object.fromEntries(Object.entries(draft.value.options).filter(([key]) => !dropped.has(key)));
		set({ adapter: name, options });
	}
	const set = (change: Partial<Draft>) => (draft.value = { ...draft.value, ...change });
	const issuesAt = (pointer: string) => issues.value.filter(({ path }) => path === pointer);
	const issuesUnder = (pointer: string) =>
		issues.value.filter(({ path }) => path === pointer || path.startsWith(`${pointer}/`));

	return {
		kind: of.kind,
		home: of.home,
		stored,
		/** What the stored target was read as. */
		start,
		draft,
		set,
		setAdapter,
		ready,
		saving,
		failure,
		adapters,
		isNew,
		served,
		dirty,
		issues,
		issuesAt,
		issuesUnder,
		checking: checked.checking,
		checkFailure: checked.failure,
		load,
		save,
		discard,
		remove,
	};
}

export type TargetDocument = ReturnType<typeof makeDocument>;
const KEY: InjectionKey<TargetDocument> = Symbol('downstream:target');

/** Makes the document of a page, for all its parts. */
export function provideTarget(id: Ref<string>, of: KindOfTarget = FLUSH): TargetDocument {
	const made = makeDocument(id, of);
	provide(KEY, made);
	return made;
}

/** The document of the page that this is part of. */
export function useTarget(): TargetDocument {
	const document = inject(KEY);
	if (!document) throw new Error('A part of the target page stands outside of it.');
	return document;
}
