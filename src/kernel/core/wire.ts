/** How a server is reached, where that is not by itself. */
export interface ConnectionOptions {
	/** An http(s) address. */
	proxy?: string | undefined;
	/** Certificates of authorities beside those that Node knows, as PEM text. */
	ca?: string | undefined;
	http2?: boolean | undefined;
}

/** One HTTP request as it will go out, before it is signed and before it is sent. */
export interface WireRequest {
	method: string;
	url: string;
	headers: Record<string, string>;
	body: string | null;
	/** Headers, in lower-case, that carry a credential, beside those that do in any request. */
	credentialHeaders?: readonly string[];
	/** The body is packed on its way: the other side is known to unpack it. */
	gzip?: true;
	connection?: ConnectionOptions | undefined;
	/** Why it cannot be sent as it is: what it is made of gives no request. */
	problem?: string;
}

/** What came back. Header names are lower-case; the body is cut at the limit of `schema.ts`. */
export interface WireResponse {
	status: number;
	headers: Record<string, string>;
	body: string;
	/** The body broke off, or did not end in time: this is what came of it. */
	incomplete?: true;
}
