export type Vendor = 'sqlite' | 'postgres' | 'mysql';

interface ColumnKind {
	/** Directus' type as the field has it in a dump of each database. */
	type: string;
	special?: Partial<Record<Vendor, string[]>>;
	/** The column in each database's words. */
	column: Record<Vendor, Record<string, unknown>>;
	/** What Directus may call it, once it was made on any of them. */
	types: string[];
}

/** A column of every kind that Directus makes, and some that it only reads, as snapshots of each database tell them. */
export const KINDS_OF_COLUMNS: Record<string, ColumnKind> = {
	id: {
		type: 'integer',
		types: ['integer', 'bigInteger'],
		column: {
			sqlite: { data_type: 'integer', is_primary_key: true, has_auto_increment: true, is_nullable: false },
			postgres: {
				data_type: 'bigint',
				numeric_precision: 64,
				numeric_scale: 0,
				is_primary_key: true,
				has_auto_increment: true,
				is_nullable: false,
				is_unique: true,
			},
			mysql: {
				data_type: 'int unsigned',
				numeric_precision: 10,
				numeric_scale: 0,
				is_primary_key: true,
				has_auto_increment: true,
				is_nullable: false,
			},
		},
	},
	name: {
		type: 'string',
		types: ['string'],
		column: {
			sqlite: { data_type: 'varchar', max_length: 120, is_indexed: true },
			postgres: { data_type: 'character varying', max_length: 120, is_indexed: true },
			mysql: { data_type: 'varchar', max_length: 120, is_indexed: true },
		},
	},
	endless: {
		type: 'string',
		types: ['string'],
		column: {
			sqlite: { data_type: 'varchar', max_length: 255 },
			// VARCHAR without a length.
			postgres: { data_type: 'character varying', max_length: -5 },
			mysql: { data_type: 'varchar', max_length: 255 },
		},
	},
	quoted: {
		type: 'string',
		types: ['string'],
		column: {
			sqlite: { data_type: 'varchar', max_length: 255, default_value: `it''s "quoted"` },
			postgres: { data_type: 'character varying', max_length: 255, default_value: `it''s "quoted"` },
			mysql: { data_type: 'varchar', max_length: 255, default_value: `it\\'s "quoted"` },
		},
	},
	body: {
		type: 'text',
		types: ['text'],
		column: {
			sqlite: { data_type: 'text', max_length: null },
			postgres: { data_type: 'text', max_length: null },
			mysql: { data_type: 'text', max_length: 65535 },
		},
	},
	made: {
		type: 'timestamp',
		types: ['timestamp'],
		special: { sqlite: ['cast-timestamp'] },
		column: {
			sqlite: { data_type: 'datetime', default_value: 'CURRENT_TIMESTAMP' },
			postgres: { data_type: 'timestamp with time zone', default_value: 'now()' },
			mysql: { data_type: 'timestamp', default_value: 'current_timestamp()' },
		},
	},
	saved: {
		type: 'timestamp',
		types: ['timestamp'],
		special: {
			sqlite: ['date-updated', 'cast-timestamp'],
			postgres: ['date-updated'],
			mysql: ['date-updated'],
		},
		column: {
			sqlite: { data_type: 'datetime' },
			postgres: { data_type: 'timestamp with time zone' },
			mysql: { data_type: 'timestamp' },
		},
	},
	planned: {
		type: 'dateTime',
		types: ['dateTime'],
		column: {
			sqlite: { data_type: 'datetime' },
			postgres: { data_type: 'timestamp without time zone' },
			mysql: { data_type: 'datetime' },
		},
	},
	day: {
		type: 'date',
		types: ['date'],
		column: { sqlite: { data_type: 'date' }, postgres: { data_type: 'date' }, mysql: { data_type: 'date' } },
	},
	data: {
		type: 'json',
		types: ['json'],
		special: { sqlite: ['json', 'cast-json'], mysql: ['json', 'cast-json'], postgres: ['json'] },
		column: {
			sqlite: { data_type: 'json', default_value: { a: 1 } },
			postgres: { data_type: 'jsonb', default_value: { a: 1 } },
			mysql: { data_type: 'longtext', max_length: 4294967295, default_value: '{"a":1}' },
		},
	},
	tags: {
		type: 'csv',
		types: ['csv'],
		special: { sqlite: ['cast-csv'], mysql: ['cast-csv'], postgres: ['cast-csv'] },
		column: {
			sqlite: { data_type: 'text' },
			postgres: { data_type: 'text' },
			mysql: { data_type: 'text', max_length: 65535 },
		},
	},
	live: {
		type: 'boolean',
		types: ['boolean'],
		special: { sqlite: ['cast-boolean'], mysql: ['cast-boolean'], postgres: ['cast-boolean'] },
		column: {
			sqlite: { data_type: 'boolean', default_value: 0, is_nullable: false },
			postgres: { data_type: 'boolean', default_value: false, is_nullable: false },
			mysql: { data_type: 'boolean', default_value: false, is_nullable: false, numeric_precision: 3, numeric_scale: 0 },
		},
	},
	price: {
		type: 'decimal',
		types: ['decimal', 'float'],
		column: {
			// SQLite calls it a float, and says nothing of its digits.
			sqlite: { data_type: 'float', default_value: '1.50' },
			postgres: { data_type: 'numeric', numeric_precision: 12, numeric_scale: 2, default_value: '1.50' },
			mysql: { data_type: 'decimal', numeric_precision: 12, numeric_scale: 2, default_value: 1.5 },
		},
	},
	loose: {
		type: 'decimal',
		types: ['decimal', 'float'],
		column: {
			sqlite: { data_type: 'float' },
			// NUMERIC without digits, which Directus takes for an integer.
			postgres: { data_type: 'numeric', numeric_precision: null, numeric_scale: null },
			mysql: { data_type: 'decimal', numeric_precision: 10, numeric_scale: 5 },
		},
	},
	ratio: {
		type: 'float',
		types: ['float'],
		column: {
			sqlite: { data_type: 'float' },
			postgres: { data_type: 'double precision', numeric_precision: 53 },
			mysql: { data_type: 'float', numeric_precision: 10, numeric_scale: 5 },
		},
	},
	big: {
		type: 'bigInteger',
		types: ['bigInteger'],
		column: {
			sqlite: { data_type: 'bigint', default_value: '7' },
			postgres: { data_type: 'bigint', numeric_precision: 64, numeric_scale: 0, default_value: 7 },
			mysql: { data_type: 'bigint', numeric_precision: 19, numeric_scale: 0, default_value: 7 },
		},
	},
	counted: {
		type: 'bigInteger',
		types: ['bigInteger'],
		column: {
			sqlite: { data_type: 'bigint' },
			postgres: { data_type: 'bigint', numeric_precision: 64, numeric_scale: 0 },
			// As a column is that leads to a key of this type; Directus reads it as an integer.
			mysql: { data_type: 'bigint unsigned', numeric_precision: 20, numeric_scale: 0 },
		},
	},
	code: {
		type: 'uuid',
		types: ['uuid', 'string'],
		column: {
			sqlite: { data_type: 'char', max_length: 36, is_unique: true },
			postgres: { data_type: 'uuid', default_value: 'uuid_generate_v4()', is_unique: true },
			mysql: { data_type: 'char', max_length: 36, is_unique: true, is_indexed: true },
		},
	},
	sum: {
		type: 'integer',
		types: ['integer'],
		column: {
			sqlite: { data_type: 'integer' },
			postgres: {
				data_type: 'integer',
				numeric_precision: 32,
				is_generated: true,
				generation_expression: '(1 + 1)',
				default_value: null,
			},
			mysql: { data_type: 'int', numeric_precision: 10, numeric_scale: 0 },
		},
	},
	owner: {
		type: 'uuid',
		types: ['uuid', 'string'],
		special: { sqlite: ['m2o'], mysql: ['m2o'], postgres: ['m2o'] },
		column: {
			sqlite: { data_type: 'char', max_length: 36, foreign_key_table: 'directus_users', foreign_key_column: 'id' },
			postgres: { data_type: 'uuid', foreign_key_table: 'directus_users', foreign_key_column: 'id' },
			mysql: {
				data_type: 'char',
				max_length: 36,
				is_indexed: true,
				foreign_key_table: 'directus_users',
				foreign_key_column: 'id',
			},
		},
	},
};
