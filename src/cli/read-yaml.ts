import { parse } from 'yaml';

/** Apart, so that the library is loaded only where a file is YAML. Aliases that would swell a small file are refused. */
export const readYaml = (text: string): unknown => parse(text, { maxAliasCount: 100 });
