import { SCHEMA_KINDS, type ConfigKind, type ElementKind } from '../../contract/config-kinds.js';

/** The kinds of elements as a person reads them: who may do what comes first, then what happens. */
export const ELEMENTS_READ: readonly ElementKind[] = [
	'roles',
	'policies',
	'permissions',
	'flows',
	'operations',
	'dashboards',
	'panels',
	'settings',
	'presets',
	'folders',
	'translations',
];
export const KINDS_READ: readonly ConfigKind[] = [...SCHEMA_KINDS, ...ELEMENTS_READ, 'extensions'];
