/**
 * Preloaded into a Directus: sets up OpenTelemetry as its operator would, with a span for each request that is answered.
 * Every span that ends is a line of `TRACE_FILE`.
 */
import { appendFileSync } from 'node:fs';
import { Server } from 'node:http';
import { createRequire } from 'node:module';

const load = createRequire(process.env.TRACE_FROM);
const { context, trace } = load('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = load('@opentelemetry/context-async-hooks');
const { BasicTracerProvider, SimpleSpanProcessor } = load('@opentelemetry/sdk-trace-base');

const exporter = {
	export(spans, done) {
		for (const span of spans) {
			const { name, kind, attributes, status, links, parentSpanContext } = span;
			const { traceId, spanId } = span.spanContext();
			const linked = links.map((link) => link.context.spanId);
			const line = {
				name,
				kind,
				attributes,
				status,
				linked,
				parent: parentSpanContext?.spanId ?? null,
				traceId,
				spanId,
			};
			appendFileSync(process.env.TRACE_FILE, `${JSON.stringify(line)}\n`);
		}
		done({ code: 0 });
	},
	shutdown: async () => {},
};
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

const emit = Server.prototype.emit;
Server.prototype.emit = function emitTraced(event, ...rest) {
	if (event !== 'request') return emit.call(this, event, ...rest);
	const [request, response] = rest;
	const span = trace.getTracer('http').startSpan(`${request.method} ${request.url}`);
	response.once('close', () => span.end());
	return context.with(trace.setSpan(context.active(), span), () => emit.call(this, event, ...rest));
};
