import type { MarkdownRenderer } from 'vitepress';

/** Vue would evaluate `{{ … }}` of a page; here it is text, of templates that the page is about. */
export function keepBraces({ renderer: { rules } }: MarkdownRenderer): void {
	for (const name of ['text', 'code_inline', 'html_inline'] as const) {
		const render = rules[name];
		if (render) rules[name] = (...given) => render(...given).replaceAll('{{', '&#123;&#123;');
	}
}
