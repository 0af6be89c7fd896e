import { openapi } from './openapi.js';
import { type Json } from './openapi-schemas.js';
import { writtenType } from './written-type.js';

type Content = Record<string, { schema?: Json; example?: unknown }>;
interface Operation {
	tags: string[];
	summary: string;
	parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Json }[];
	requestBody?: { content: Content };
	responses: Record<string, { content?: Content }>;
}

/** `docs/routes.md`: every route of the OpenAPI document as a person reads it, then the shapes that they share. */
export function routesPage(version: string): string {
	const { tags, paths, components } = openapi(version) as unknown as {
		tags: { name: string; description: string }[];
		paths: Record<string, Record<string, Operation>>;
		components: { schemas: Record<string, Json> };
	};
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);
	const families = tags.map(({ name, description }) => {
		const routes = operations.filter(({ operation }) => operation.tags.includes(name));
		return [`## ${name}`, description, ...routes.map(section)].join('\n\n');
	});
	const shapes = Object.entries(components.schemas).map(
		([name, schema]) => `### ${name}\n\n${code('ts', writtenType(schema))}`,
	);
	return `# Routes

Every route beneath \`/downstream\`, what goes in and what comes out. \`?\` marks what may be left out. [HTTP API](http-api.md) says what they are for, [\`openapi.json\`](openapi.json) is the same for programs. Errors are Directus' own: \`{ "errors": [{ "message", "extensions": { "code" } }] }\`, and \`extensions.issues\` names each place that is wrong.

This page is made by \`npm run docs\`.

${families.join('\n\n')}

## Shapes

What several routes share.

${shapes.join('\n\n')}
`;
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
	const { summary, parameters = [], requestBody, responses } = operation;
	const given = parameters.filter(({ in: place }) => place !== 'path');
	const body = requestBody?.content['application/json'];
	const answers = Object.entries(responses['200']?.content ?? {});
	return [
		`### \`${method.toUpperCase()} ${path.replace('/downstream', '')}\``,
		summary,
		...(given.length > 0
			? [
					[
						'| parameter | type | meaning |',
						'| --- | --- | --- |',
						...given.map(
							({ name, schema, description = '' }) =>
								`| \`${name}\` | \`${cell(writtenType(schema))}\` | ${cell(description)} |`,
						),
					].join('\n'),
				]
			: []),
		...(body?.schema ? ['Body:', code('ts', writtenType(body.schema))] : []),
		...answers.map(([type, { schema }]) =>
			schema && type === 'application/json'
				? `Answer:\n\n${code('ts', writtenType(schema))}`
				: `Answer as \`${type}\`, where the request's \`accept\` asks for it or nothing else is there.`,
		),
	].join('\n\n');
}

const code = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
