import { isMapping } from '../../../table/rules/is-mapping.ts';
import { usuallyExplodes, usualStyle } from '../../../table/rules/usual-style.ts';
import type { EncodingRecord, ParameterRecord } from '../../../table/operations.ts';
import { own, textOr } from './trail.ts';

type Style = ParameterRecord['style'];

/** How values are written into a message. */
export interface Serialization {
  readonly style: Style;
  readonly explode: boolean;
  readonly allow_reserved: boolean;
}

const STYLES: Readonly<Record<ParameterRecord['in'], readonly Style[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  querystring: ['form'],
  header: ['simple'],
  cookie: ['form'],
};

/** Gives the serialization of a parameter of OpenAPI 3, defaults filled in (3.0.4 4.8.12.2.2); `cookie` of 3.2 is `form` without encoding. */
export function readStyle(parameter: unknown, place: ParameterRecord['in']): Serialization {
  const style = STYLES[place].find((one) => one === own(parameter, 'style')) ?? usualStyle(place);
  const explode = own(parameter, 'explode');
  return {
    style,
    explode: typeof explode === 'boolean' ? explode : usuallyExplodes(style),
    allow_reserved: own(parameter, 'allowReserved') === true,
  };
}

/** Gives the serialization that `collectionFormat` of 2.0 stands for. */
export function readCollectionFormat(parameter: unknown, place: ParameterRecord['in']): Serialization {
  const usual = usualStyle(place);
  const style = (name: Style, explode = false): Serialization => ({
    style: name,
    explode,
    allow_reserved: false,
  });
  switch (own(parameter, 'collectionFormat')) {
    case 'multi':
      return style(usual, usuallyExplodes(usual));
    case 'ssv':
      return style('spaceDelimited');
    case 'tsv':
      return style('tabDelimited');
    case 'pipes':
      return style('pipeDelimited');
    default:
      return style(usual);
  }
}

/** Gives the encodings of form and multipart content, by property (3.0.4 4.8.15). */
export function readEncoding(written: unknown): Record<string, EncodingRecord> {
  const encoding = Object.create(null) as Record<string, EncodingRecord>;
  for (const [name, one] of Object.entries(isMapping(written) ? written : {})) {
    if (!isMapping(one)) continue;
    encoding[name] = { content_type: textOr(own(one, 'contentType')), ...readStyle(one, 'query') };
  }
  return encoding;
}
