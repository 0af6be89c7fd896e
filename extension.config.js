import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';

const OUTPUT = 'dist';
const ADD_STYLE = '\0downstream:add-style';

/**
 * Splits the app half of the bundle into chunks. Every page of the studio loads `app.js` before it shows anything, for
 * every user; what only our pages need must therefore not be in it. The API half stays one file.
 */
const splitApp = {
	name: 'downstream:split-app',

	outputOptions(options) {
		if (!options.file?.endsWith('app.js')) return null;
		const { file, inlineDynamicImports, ...rest } = options;
		return {
			...rest,
			dir: OUTPUT,
			inlineDynamicImports: false,
			entryFileNames: 'app.js',
			chunkFileNames: 'app-[name]-[hash].js',
			manualChunks: chunkOf,
		};
	},

	/** Chunk names change with their contents, and nothing else removes those of the builds before. */
	renderStart({ dir }) {
		if (dir !== OUTPUT) return;
		for (const name of filesIn(OUTPUT)) if (/^app-.*\.js(\.map)?$/.test(name)) rmSync(join(OUTPUT, name));
	},

	/** Styles are put into a browser's page: of what the SDK's plugin brings for it, one line is needed. */
	resolveId: (source) => (source.endsWith('/inject-css.js') ? ADD_STYLE : null),
	load: (id) =>
		id === ADD_STYLE
			? "export default (text) => document.head.append(Object.assign(document.createElement('style'), { textContent: text }))"
			: null,

	/**
	 * Of what the compiler writes for a component, its name is for debugging; and words are said by functions, of which it
	 * cannot know that they are no refs, so that it asks at each of a thousand places.
	 */
	transform: (code, id) =>
		/\.vue\?vue&type=script/.test(id)
			? { code: code.replace(/\b__name: "[^"]*",\s*/, '').replaceAll(/_unref\((say\w*)\)/g, '$1'), map: null }
			: null,

	onLog(_level, log) {
		// Rollup only warns of chunks that import each other, and the page then fails to open.
		if (log.code === 'CIRCULAR_CHUNK') this.error(log.message);
		// Comments of zod that are meant for another bundler; compiled helpers of OpenTelemetry's API.
		return ['INVALID_ANNOTATION', 'THIS_IS_UNDEFINED'].includes(log.code) ? false : null;
	},
};

/**
 * Which chunk a module of ours goes into: the first whose folder or file its path has. Few and large ones, since each
 * begins with its imports and a cold dictionary of the compressor. What is in no chunk here goes where it is imported.
 */
const CHUNKS = [
	['lazy', ['modules/lazy-page']],
	['bars', ['ui/hour-bars', 'ui/last-day', 'en-US/last-day']],
	['confirm', ['ui/confirm-dialog']],
	['copy', ['ui/copy-button', 'deliveries/item-route', 'deliveries/shown-status']],
	['wire', ['deliveries/shown-body', 'deliveries/curl']],
	['attempt', ['deliveries/wire-part', 'deliveries/attempt-wire']],
	['lists', ['ui/choice-row', 'ui/search-field']],
	['foot', ['ui/list-foot']],
	['page-number', ['live/use-page-number']],
	['conditions', ['targets/condition-lines', 'en-US/conditions', 'contract/condition-words']],
	['logged', ['ui/logged-', 'ui/pick-one']],
	[
		'delivery-parts',
		['deliveries/delivery-rows', 'deliveries/delivery-table', 'deliveries/columns', 'deliveries/filter-bar'],
	],
	['shared', ['deliveries/target-names', 'contract/eligible']],
	['sync', ['remote/use-sync-endpoint']],
	[
		'shell',
		[
			'contract/vocabulary',
			'contract/adapter-names',
			'shell/',
			'ui/',
			'live/',
			'stores/',
			'endpoint/',
			'words/use-words',
			'en-US/shell',
			'plugin-vue:export-helper',
			'downstream:add-style',
			'modules/lazy-dialog',
		],
	],
	['jsonc', ['node_modules/jsonc-parser', 'kernel/core/json-pointer']],
	['json-text', ['config/core/dump/json-text']],
	['item-pages', ['targets/item-pages', 'en-US/item-pages']],
	['targets', ['pages/targets.vue', 'modules/targets/', 'en-US/targets']],
	[
		'target-parts',
		[
			'flush-target/parts/',
			'en-US/target-editor',
			'en-US/remote-editor',
			'document/content-model',
			'document/use-content-model',
			'settings/option-fields',
			'settings/option-input',
			'settings/map-input',
			'guided/ticked-rules',
			'preview/wire-message',
			'flush-target/sent/way',
			'en-US/target-sent',
			'remote/sync-rule-view',
		],
	],
	['target-sent', ['flush-target/sent/']],
	['fresh', ['modules/fresh/', 'en-US/fresh']],
	[
		'target-editor',
		[
			'flush-target/rules/',
			'remote/sync-rule-form',
			'remote/field-list',
			'node_modules/fastest',
			'kernel/core/near-miss',
			'kernel/filter/filter-operators',
		],
	],
	[
		'target-preview',
		['preview/target-preview', 'preview/changed-values', 'preview/recent-items', 'preview/preview-answer'],
	],
	[
		'target-settings',
		[
			'flush-target/settings',
			'flush-target/preview',
			'flush-target/dialogs',
			'kernel/core/transport-errors',
			'flush-target/guided',
			'flush-target/target-deliveries',
			'flush-target/told-line',
			'flush-target/target-menu',
			'flush-target/target-troubles',
			'flush-target/paused-by',
			'en-US/target-dialogs',
		],
	],
	['remote-panels', ['remote/check-panel', 'remote/closure-panel', 'remote/compare', 'remote/run-progress']],
	['promote', ['remote/promot', 'en-US/promote', 'kernel/core/reference-text']],
	['link-copy', ['pages/link-copy', 'remote/copy-', 'en-US/link-copy']],
	['target', ['flush-target/', 'en-US/flush-target', 'pages/target.vue']],
	[
		'config-plan',
		[
			'config/start-view',
			'config/remote-source',
			'config/file-source',
			'config/pull-card',
			'config/read-bundle',
			'en-US/config-start',
			'config/core/plan/plan-things',
			'config/plan-',
			'config/value-diff',
			'config/diff-lines',
			'config/risk-chip',
			'config/action-count',
			'config/push-dialog',
			'config/push-now',
			'config/push-state',
			'config/follow-push',
			'config/shown-values',
			'config/issue-list',
			'config/core/secrets/hide',
			'config/core/secrets/find',
			'kernel/core/printable',
			'config/comparison',
			'config/tick-box',
			'en-US/config-plan',
			'config/core/elements/kinds',
			'config/core/elements/element-names',
			'config/read-order',
		],
	],
	['config-push', ['pages/config-push']],
	['config', ['pages/config.vue', 'config/history']],
	['config-base', ['modules/config/', 'config/core/', 'contract/config-kinds', 'contract/plan', 'en-US/config.ts']],
	['conflict', ['conflicts/conflict-body', 'conflicts/value-table', 'conflicts/wire-value', 'en-US/conflict.ts']],
	['remote-conflicts', ['conflicts/remote-conflicts', 'en-US/remote-conflicts']],
	['conflicts', ['pages/conflicts.vue', 'modules/conflicts/', 'en-US/conflicts']],
	[
		'deliveries-more',
		[
			'deliveries/bulk',
			'deliveries/cause',
			'deliveries/group-causes',
			'deliveries/operation-progress',
			'deliveries/filter-chips',
			'deliveries/more-filters',
			'deliveries/list-nothing',
			'deliveries/list-further',
			'deliveries/list-picked',
			'en-US/bulk',
			'en-US/causes',
		],
	],
	[
		'delivery',
		[
			'pages/delivery.vue',
			'deliveries/attempt',
			'deliveries/delivery-facts',
			'deliveries/status-sentence',
			'en-US/delivery.ts',
		],
	],
	['deliveries', ['pages/deliveries.vue', 'modules/deliveries/', 'en-US/deliveries']],
];

function chunkOf(id) {
	const from = id.replace('\0', '/');
	const language = /\/src\/modules\/words\/(?!en-US)([a-z]{2}-[A-Z]{2})\//.exec(id);
	if (language) return language[1];
	return CHUNKS.find(([, paths]) => paths.some((path) => from.includes(`/${path}`)))?.[0] ?? null;
}

/** The styles of our components, which end up as texts in the chunks, without white space and comments. */
const minifyStyles = {
	name: 'downstream:minify-styles',
	transform: {
		order: 'pre',
		async handler(code, id) {
			if (!id.endsWith('.css')) return null;
			return { code: (await transform(code, { loader: 'css', minify: true })).code.trim(), map: null };
		},
	},
};

function filesIn(folder) {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

export default { plugins: [minifyStyles, splitApp] };
