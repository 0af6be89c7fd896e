/** Operators that compare with a list of values. */
export const LIST_OPERATORS = ['_in', '_nin', '_between', '_nbetween'] as const;

/** Operators that compare shapes on a map. */
export const SHAPE_OPERATORS = ['_intersects', '_nintersects', '_intersects_bbox', '_nintersects_bbox'] as const;

/** Operators that ask whether there is a value at all. */
const EMPTY_OPERATORS = ['_null', '_nnull', '_empty', '_nempty'] as const;

/** Operators that compare with one value. */
export const VALUE_OPERATORS = [
	'_eq',
	'_neq',
	'_lt',
	'_lte',
	'_gt',
	'_gte',
	'_contains',
	'_ncontains',
	'_icontains',
	'_nicontains',
	'_starts_with',
	'_nstarts_with',
	'_istarts_with',
	'_nistarts_with',
	'_ends_with',
	'_nends_with',
	'_iends_with',
	'_niends_with',
] as const;

/** Directus' filter operators (https://directus.io/docs/guides/connect/filter-rules). */
export const FILTER_OPERATORS = [
	...VALUE_OPERATORS,
	...LIST_OPERATORS,
	...EMPTY_OPERATORS,
	...SHAPE_OPERATORS,
	'_json',
] as const;
