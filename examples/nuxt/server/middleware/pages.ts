/** A page that is kept is answered at once; of any other, its tags are collected from now on. */
export default defineEventHandler((event) => {
	if (event.method !== 'GET' || event.path.startsWith('/_') || madeFor(event)) return;
	const kept = pages.get(event.path);
	if (!kept) return begin(event);
	setResponseStatus(event, kept.status);
	setResponseHeader(event, 'content-type', kept.contentType);
	return kept.body;
});
