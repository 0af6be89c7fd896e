export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'magenta' | 'cyan';
/** Colours a text, or leaves it as it is where there are no colours. */
export type Paint = (style: Style | Style[], text: string) => string;

/** Without colours. */
export const plainPaint: Paint = (_style, text) => text;
