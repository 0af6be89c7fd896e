import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type DefaultTheme } from 'vitepress';
import { keepBraces } from './keep-braces.js';
import { linkRepositoryFiles } from './link-repository-files.js';

const DOCS = fileURLToPath(new URL('..', import.meta.url));

/** A page's first heading, so that no title is written twice. */
const titleOf = (page: string): string => /^# (.+)$/m.exec(readFileSync(`${DOCS}${page}.md`, 'utf8'))?.[1] ?? page;

const group = (text: string, pages: readonly string[], collapsed = false): DefaultTheme.SidebarItem => ({
	text,
	collapsed,
	items: pages.map((page) => ({ text: titleOf(page), link: `/${page}` })),
});

const decisions = readdirSync(`${DOCS}decisions`)
	.filter((name) => /^\d{4}-/.test(name))
	.toSorted()
	.map((name) => `decisions/${name.slice(0, -'.md'.length)}`);

export default defineConfig({
	title: 'Downstream',
	description: 'Keeps everything downstream of a Directus project up to date.',
	cleanUrls: true,
	outDir: '../.tmp/site',
	cacheDir: '../.tmp/site-cache',
	// Pages link to it as to a file beside them.
	buildEnd: ({ outDir }) => copyFileSync(`${DOCS}openapi.json`, `${outDir}/openapi.json`),
	rewrites: { 'decisions/README.md': 'decisions/index.md' },
	markdown: {
		config: (markdown) => {
			keepBraces(markdown);
			linkRepositoryFiles(markdown);
		},
	},
	themeConfig: {
		search: { provider: 'local' },
		outline: [2, 3],
		nav: [
			{ text: 'Get started', link: '/getting-started' },
			{ text: 'Flush', link: '/flush' },
			{ text: 'Sync', link: '/sync' },
			{ text: 'Configuration', link: '/config' },
			{ text: 'Reference', items: group('', ['commands', 'http-api', 'environment', 'error-codes']).items ?? [] },
		],
		sidebar: [
			group('Start', ['getting-started', 'studio', 'troubleshooting', 'migrating']),
			group('Flush', ['flush', 'pages', 'adapters', 'events']),
			group('Sync', ['sync']),
			group('Configuration', ['config', 'commands']),
			group('Operate', ['operations', 'several-nodes', 'environment', 'cost', 'threat-model']),
			group('Reference', ['http-api', 'routes', 'error-codes', 'glossary']),
			group('Inside', ['architecture', 'sync-rules', 'decisions/README']),
			group('Decisions', decisions, true),
		],
	},
});
