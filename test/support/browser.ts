/** A page as a browser without JavaScript shows it. */
export interface Shown {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly title: string;
}

/** A browser with a cookie jar and nothing else: it follows redirects and refreshes, and sends forms. */
export interface Browser {
  /** Every URL that was asked for. */
  readonly visited: string[];
  readonly cookies: Map<string, string>;
  open(url: string): Promise<Shown>;
  /** Sends the one form of a page, with these values over what stands in it. */
  submit(page: Shown, values?: Readonly<Record<string, string>>): Promise<Shown>;
}

/** What a browser does not follow by itself. */
export interface BrowserOptions {
  /** Tells whether a URL is not asked for any more: what was shown before is given, with that URL. */
  readonly stopAt?: (url: string) => boolean;
}

/** Gives a browser that was never anywhere. */
export function newBrowser({ stopAt = () => false }: BrowserOptions = {}): Browser {
  const visited: string[] = [];
  // By host alone, as browsers do: ports are not told apart.
  const cookies = new Map<string, string>();
  const fetched = async (url: string, init: RequestInit): Promise<Shown> => {
    let next: { url: string; init: RequestInit } = { url, init };
    for (let hops = 0; hops < 20; hops += 1) {
      visited.push(next.url);
      const headers = { ...(next.init.headers as Record<string, string>), cookie: cookieField(cookies) };
      const response = await fetch(next.url, { ...next.init, headers, redirect: 'manual' });
      keepCookies(cookies, response.headers);
      const text = await response.text();
      const to = response.headers.get('location') ?? refreshOf(text);
      const page = {
        url: next.url,
        status: response.status,
        headers: response.headers,
        text,
        title: titleOf(text),
      };
      const target = to === null ? null : new URL(to, next.url).href;
      if (target === null) return page;
      if (stopAt(target)) return { ...page, url: target };
      next = { url: target, init: { method: 'GET' } };
    }
    throw new Error(`${url} leads round and round`);
  };
  return {
    visited,
    cookies,
    open: (url) => fetched(url, { method: 'GET' }),
    submit: (page, values = {}) => {
      const { action, fields } = formOf(page);
      // Chromium sends this from pages with no-referrer.
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
      const body = new URLSearchParams({ ...fields, ...values }).toString();
      return fetched(new URL(action, page.url).href, { method: 'POST', headers, body });
    },
  };
}

/** Gives the action of the one form of a page, and what stands in its fields. */
function formOf({ text }: Pick<Shown, 'text'>): { action: string; fields: Record<string, string> } {
  const forms = [...text.matchAll(/<form [^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)];
  const [form] = forms;
  if (form === undefined || forms.length > 1) throw new Error(`a page with ${forms.length} forms:\n${text}`);
  const inputs = [...(form[2] ?? '').matchAll(/<input ([^>]*)>/g)].map(([, attributes = '']) => attributes);
  const attribute = (attributes: string, name: string): string =>
    unescaped(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
  const fields = inputs
    .filter((one) => attribute(one, 'type') !== 'radio')
    .map((one) => [attribute(one, 'name'), attribute(one, 'value')] as const);
  return { action: unescaped(form[1] ?? ''), fields: Object.fromEntries(fields) };
}

function refreshOf(text: string): string | null {
  const url = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(text)?.[1];
  return url === undefined ? null : unescaped(url);
}

function titleOf(text: string): string {
  return unescaped(/<title>([^<]*)<\/title>/.exec(text)?.[1] ?? '');
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function cookieField(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

function keepCookies(cookies: Map<string, string>, headers: Headers): void {
  for (const line of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    cookies.set(name, value);
  }
}
