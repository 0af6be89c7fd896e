import type { z } from 'zod';
import { routes, type RouteName } from '../../src/contract/routes.js';

/** Fixed paths first, as the endpoint serves them: `/deliveries/causes` is no delivery called "causes". */
const NAMES = (Object.keys(routes) as RouteName[]).toSorted(
	(a, b) => Number(routes[a].path.includes(':')) - Number(routes[b].path.includes(':')),
);

/**
 * Compares what a route of `/downstream` answered (2xx) with what the contract declares: nothing missing, nothing of
 * another type, and nothing that is not declared.
 *
 * @throws Error that names the route, and each place where they differ
 */
export function checkAnswer(method: string, path: string, answer: unknown): void {
	const name = routeOf(method, path);
	if (name === null) return;
	const declared: z.ZodType | 'text' = routes[name].answer;
	if (declared === 'text') return;
	const parsed = declared.safeParse(answer);
	const problems = parsed.success ? undeclared(answer, parsed.data, '') : problemsIn(parsed.error.issues, '');
	if (problems.length > 0)
		throw new Error(
			`${method} ${path} does not answer what src/contract declares for "${name}":\n  ${problems.slice(0, 10).join('\n  ')}\n${JSON.stringify(answer).slice(0, 2_000)}`,
		);
}

/** The route that a request is served by; null for requests of others, such as Directus itself. */
export function routeOf(method: string, path: string): RouteName | null {
	const [plain = ''] = path.split(/[?#]/);
	if (!plain.startsWith('/downstream/')) return null;
	const asked = plain.slice('/downstream'.length).replace(/\/$/, '').split('/');
	const fits = (pattern: string) => {
		const parts = pattern.split('/');
		return parts.length === asked.length && parts.every((part, index) => part.startsWith(':') || part === asked[index]);
	};
	return NAMES.find((name) => routes[name].method === method.toLowerCase() && fits(routes[name].path)) ?? null;
}

/** Each place that is wrong; of a choice between shapes those of every shape. */
function problemsIn(issues: readonly z.core.$ZodIssue[], within: string): string[] {
	return issues.flatMap((issue) => {
		const at = [within, ...issue.path.map(String)].join('/');
		const inner = issue.code === 'invalid_union' ? issue.errors.flatMap((shape) => problemsIn(shape, at)) : [];
		return inner.length > 0 ? inner : [`${at}: ${issue.message}`];
	});
}

/** Where an answer has what its schema, which leaves out what it does not know, has not. */
function undeclared(answer: unknown, known: unknown, at: string): string[] {
	if (Array.isArray(answer) && Array.isArray(known))
		return answer.flatMap((entry, index) => undeclared(entry, known[index], `${at}/${index}`));
	if (!isObject(answer) || !isObject(known)) return [];
	return Object.entries(answer).flatMap(([key, value]) =>
		Object.hasOwn(known, key) || key === '__proto__'
			? undeclared(value, known[key], `${at}/${key}`)
			: [`${at}/${key}: is not declared`],
	);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
