/** Keys as people paste them: separated by commas, blanks or lines, each once. */
export const keysFrom = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((key) => key !== ''))];
