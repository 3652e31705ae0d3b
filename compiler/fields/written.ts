/** A value as it stands in YAML: written out, or where to get it. */
export interface Written {
  readonly kind: 'literal' | 'env' | 'file' | 'sealed';
  /** The literal value, the variable's name, the path, or the whole sealed text. */
  readonly text: string;
  /** Of sealed text: the field that it stands in, such as `connections/stripe/credential`. */
  readonly boundTo?: string;
}

/** Why a text that looks like a reference is none. */
export type WrittenFault = 'reference' | 'sealed' | 'part';

/** `${env:NAME}` as a whole. */
export const ENV_REFERENCE: RegExp = /^\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}$/;
/** `${file:PATH}` as a whole. */
export const FILE_REFERENCE: RegExp = /^\$\{file:([^{}\0\r\n]+)\}$/;
/** `sealed:v1:<key id>:<base64>` as a whole; at least 28 bytes: a 12 byte nonce and a 16 byte tag. */
export const SEALED_TEXT: RegExp =
  /^sealed:v1:[A-Za-z0-9_-]{1,64}:(?:[A-Za-z0-9+/]{4}){9,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;

/** Tells whether a text holds anything that looks like a reference. */
export function looksLikeReference(text: string): boolean {
  return text.includes('${env:') || text.includes('${file:') || text.includes('sealed:v1:');
}

/** Gives what a text stands for in a field that takes references, or why it is no reference. */
export function readWritten(text: string): Written | WrittenFault {
  const env = ENV_REFERENCE.exec(text)?.[1];
  if (env !== undefined) return { kind: 'env', text: env };
  const file = FILE_REFERENCE.exec(text)?.[1];
  if (file !== undefined) return { kind: 'file', text: file };
  if (text.startsWith('sealed:')) return SEALED_TEXT.test(text) ? { kind: 'sealed', text } : 'sealed';
  if (/^\$\{[^}]*\}$/.test(text)) return 'reference';
  if (looksLikeReference(text)) return 'part';
  return { kind: 'literal', text };
}

/** A URL that may hold references, cut into its texts and references. */
export type UrlParts = readonly Written[];

/** Gives the parts of a URL, or null when a reference in it is malformed. */
export function readUrlParts(text: string): UrlParts | null {
  if (text.includes('sealed:v1:')) return null;
  const parts: Written[] = [];
  for (const piece of text.split(/(\$\{[^{}]*\})/)) {
    if (piece === '') continue;
    const written = readWritten(piece);
    if (typeof written === 'string') return null;
    parts.push(written);
  }
  return parts;
}

/** Gives a URL as it can be checked: `reference` in place of each reference. */
export function shownUrl(parts: UrlParts): string {
  return parts.map((part) => (part.kind === 'literal' ? part.text : 'reference')).join('');
}

/** Tells whether a password is written out in a URL. libpq and others take it from the query too. */
export function holdsPassword(parts: UrlParts): boolean {
  return /:\/\/[^/?#:]*:[^/?#]+@|[?&](?:ssl)?password=[^&]/i.test(withoutReferences(parts));
}

/** Gives what is written out of a URL. */
export function withoutReferences(parts: UrlParts): string {
  return parts.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
}
