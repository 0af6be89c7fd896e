import {
	context,
	ROOT_CONTEXT,
	SpanKind,
	SpanStatusCode,
	trace,
	TraceFlags,
	type Attributes,
	type Link,
	type SpanContext,
} from '@opentelemetry/api';

/**
 * OpenTelemetry, if the process has it: nothing is set up here, and without it all of this does nothing. Traces are passed
 * on as the text of a `traceparent` header.
 */

/** A request that carries many changes names so many of the traces that they were made in. */
const MOST_LINKS = 50;

/** The trace that is going on, for a header of a request or a row of a change; null where none is kept. */
export function currentTrace(): string | null {
	const current = trace.getSpanContext(context.active());
	return current && isKept(current)
		? `00-${current.traceId}-${current.spanId}-${current.traceFlags.toString(16).padStart(2, '0')}`
		: null;
}

const isKept = ({ traceFlags }: SpanContext) => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** Runs work that belongs to no request, although one may have begun it. */
export const outsideTraces = <T>(work: () => T): T => context.with(ROOT_CONTEXT, work);

/** What a span records when its work is done. */
export interface Outcome {
	attributes?: Attributes;
	/** Why it failed, where it did. */
	error?: string | null;
}

/**
 * Runs work in a trace of its own that is linked to those which caused it.
 * @param causes as `currentTrace` gave them; null where there was none
 * @param outcome says what came of the work
 */
export async function inOwnTrace<T>(
	name: string,
	{ kind, causes, attributes }: { kind: 'internal' | 'client'; causes: (string | null)[]; attributes: Attributes },
	work: () => Promise<T>,
	outcome: (result: T) => Outcome,
): Promise<T> {
	const links = [...new Set(causes)].flatMap((cause): Link[] => {
		const cut = cause === null ? null : readTrace(cause);
		return cut ? [{ context: cut }] : [];
	});
	const span = trace.getTracer('downstream').startSpan(
		name,
		{
			kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
			links: links.slice(0, MOST_LINKS),
			attributes,
			root: true,
		},
		ROOT_CONTEXT,
	);
	try {
		const result = await context.with(trace.setSpan(ROOT_CONTEXT, span), work);
		const { attributes: more, error } = outcome(result);
		if (more) span.setAttributes(more);
		if (error != null) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
		return result;
	} catch (error) {
		span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
		throw error;
	} finally {
		span.end();
	}
}

function readTrace(text: string): SpanContext | null {
	const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
	if (!traceId || !spanId || !flags) return null;
	return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
