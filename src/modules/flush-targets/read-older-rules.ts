/** The rules of a stored schema, by collection, also in the older spelling (`name`); what is no rule is left out. */
export function readOlderRules(schema: unknown): { collection: string }[] {
	if (!Array.isArray(schema)) return [];
	return schema.flatMap((rule: unknown) => {
		const { collection, name } = (rule ?? {}) as { collection?: unknown; name?: unknown };
		const said = collection ?? name;
		return typeof said === 'string' ? [{ collection: said }] : [];
	});
}
