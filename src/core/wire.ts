/** One HTTP request as it will go out, before it is signed and before it is sent. */
export interface WireRequest {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: string | null;
}

/** What came back. Header names are lower-case; the body is cut at the limit of `schema.ts`. */
export interface WireResponse {
	status: number;
	headers: Record<string, string>;
	body: string;
}
