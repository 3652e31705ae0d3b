/** What a document says of its API that a new catalog.yaml begins with. */
export interface DocumentFacts {
  readonly title: string | null;
  /** The document's own version, `info.version`. */
  readonly version: string | null;
  /** Its first server where that is an absolute URL without variables. */
  readonly baseUrl: string | null;
}

/** Gives the facts of an OpenAPI document, 2.0 (host, basePath, schemes) or later (servers). */
export function factsOf(document: object): DocumentFacts {
  const title = member(member(document, 'info'), 'title');
  const version = member(member(document, 'info'), 'version');
  return {
    title: typeof title === 'string' && title.trim() !== '' ? title.trim().slice(0, 200) : null,
    version: typeof version === 'string' || typeof version === 'number' ? String(version) : null,
    baseUrl: baseUrlOf(document),
  };
}

function baseUrlOf(document: object): string | null {
  const host = member(document, 'host');
  if (typeof host === 'string') {
    const schemes = member(document, 'schemes');
    const scheme = Array.isArray(schemes) && !schemes.includes('https') ? String(schemes[0]) : 'https';
    const basePath = member(document, 'basePath');
    return absolute(`${scheme}://${host}${typeof basePath === 'string' ? basePath : ''}`);
  }
  const servers = member(document, 'servers');
  const url = Array.isArray(servers) ? member(servers[0], 'url') : null;
  return typeof url === 'string' ? absolute(url) : null;
}

function absolute(url: string): string | null {
  if (/[{}\s]/.test(url) || !/^https?:\/\//.test(url) || !URL.canParse(url)) return null;
  return url.replace(/\/+$/, '');
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
