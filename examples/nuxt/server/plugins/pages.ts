/** Keeps each page as it is rendered, until something that was read for it changes. */
export default defineNitroPlugin((nitro) => {
	nitro.hooks.hook('render:response', ({ body, statusCode, headers }, { event }) => {
		const made = madeFor(event);
		if (!made || typeof body !== 'string') return;
		const contentType = headers?.['content-type'] ?? 'text/html;charset=utf-8';
		made.making.keep({ body, status: statusCode ?? getResponseStatus(event), contentType }, made.read.tags());
	});
});
