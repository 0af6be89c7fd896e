import type { DataOf } from '../../contract/routes.js';

/** What the endpoint answers, as the contract declares it: types alone, so that nothing of it is loaded here. */
export type { Issue } from '../../contract/issue.js';
export type {
	Attempt,
	BulkResult,
	Cause,
	Delivery,
	DeliveryDetail,
	Incident,
	Operation,
} from '../../contract/answers/deliveries.js';
export type { Page, WireRequest, WireResponse } from '../../contract/answers/shapes.js';
export type { Status, TargetStatus, Throughput } from '../../contract/answers/status.js';
export type { FlushResult, Preview, TestResult } from '../../contract/answers/targets.js';

/** JSON Schema, as far as forms are made from it. */
export interface JsonSchema {
	type?: string;
	description?: string;
	default?: unknown;
	enum?: unknown[];
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	pattern?: string;
	properties?: Record<string, JsonSchema>;
	required?: string[];
	additionalProperties?: boolean | JsonSchema;
	items?: JsonSchema;
	anyOf?: JsonSchema[];
}

/** An adapter, with its options and those of every target as forms read them. */
export interface AdapterInfo extends Omit<DataOf<'adapters'>[number], 'options' | 'common'> {
	options: JsonSchema;
	common: JsonSchema;
}
