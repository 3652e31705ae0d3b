import type { ParameterRecord } from '../operations.ts';

/** Gives the style of a parameter that says none (OpenAPI 3.0.4 4.8.12.2): it need not be told. */
export function usualStyle(place: ParameterRecord['in']): 'simple' | 'form' {
  return place === 'path' || place === 'header' ? 'simple' : 'form';
}

/** Tells whether lists of a style that does not say so repeat the name. */
export function usuallyExplodes(style: ParameterRecord['style']): boolean {
  return style === 'form';
}
