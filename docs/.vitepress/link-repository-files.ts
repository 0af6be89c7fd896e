import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MarkdownRenderer } from 'vitepress';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
	repository?: { url: string };
};

/** A file of the repository outside `docs`, by its path from the root; null for pages and other addresses. */
function repositoryFile(page: string, address: string): string | null {
	if (/^[a-z]+:|^[#/]/i.test(address)) return null;
	const [path = ''] = address.split('#');
	const file = join('docs', dirname(page), path);
	if (relative('docs', file).startsWith('..') || !file.endsWith('.md'))
		return existsSync(join(ROOT, file)) ? file : null;
	return null;
}

/**
 * Pages link to files outside `docs` as they would on a code host. On the site such a link leads to the repository
 * (`repository` in package.json); while that is not set, only the text of the link is shown.
 */
export function linkRepositoryFiles(markdown: MarkdownRenderer): void {
	markdown.core.ruler.push('repository-files', ({ tokens, env }) => {
		const page = (env as { relativePath?: string }).relativePath ?? '';
		for (const { children } of tokens) {
			if (children === null) continue;
			const open: boolean[] = [];
			for (const token of children) {
				if (token.type === 'link_open') {
					const file = repositoryFile(page, token.attrGet('href') ?? '');
					const address = repository?.url.replace(/^git\+|\.git$/g, '');
					if (file !== null && address !== undefined) token.attrSet('href', `${address}/blob/main/${file}`);
					open.push(file === null || address !== undefined);
				}
				const stays = token.type === 'link_close' ? open.pop() : token.type === 'link_open' ? open.at(-1) : true;
				if (stays === false) token.tag = 'span';
				if (stays === false && token.type === 'link_open') token.attrs = null;
			}
		}
	});
}
