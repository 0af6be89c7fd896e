/** An answer as it came in. */
export interface Answer {
	status: number;
	type: string;
	/** In ms. */
	retryAfter: number | null;
	bytes: ArrayBuffer;
}

/** Whether it is worth trying again. What was refused unseen may be; what a gateway lost only if it writes nothing. */
export function isBusy({ status, type, retryAfter: after }: Answer, isRead: boolean): boolean {
	// Directus itself answers in JSON; then it is another instance that it could not reach, and it says so.
	const byGateway = (status === 502 || status === 504) && !type.includes('json');
	return status === 429 || (status === 503 && after !== null) || (isRead && byGateway);
}

export function retryAfter(value: string | null): number | null {
	const seconds = Number(value);
	return value === null || !Number.isFinite(seconds) ? null : Math.min(seconds, 30) * 1000;
}

export function readJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
