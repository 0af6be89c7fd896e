/** An error that a caller may see, in Directus' format. */
export class RequestError extends Error {
	readonly status: number;
	readonly code: string;
	readonly extensions: Record<string, unknown>;

	constructor(status: number, code: string, message: string, extensions: Record<string, unknown> = {}) {
		super(message);
		[this.status, this.code, this.extensions] = [status, code, extensions];
	}
}

export const notFound = (what: string, id: string) =>
	new RequestError(404, 'ROUTE_NOT_FOUND', `there is no ${what} "${id}"`);
