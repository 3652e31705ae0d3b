import { createHash } from 'node:crypto';
import type { ControlAnswer } from '../control-answer.ts';
import { Html, markup } from './markup.ts';

/** A page of the sign-in. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly content: Html;
  /** Where the browser goes by itself. */
  readonly next?: string;
  /** Flat: name, value. */
  readonly headers?: readonly string[];
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--back:#f4f5f7;--line:#c9ced6;--act:#0b57d0;--on:#fff;--bad:#b3261e;--good:#0a6b3d}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#b3b9c1;--paper:#1e2226;--back:#121416;--line:#4a5058;--act:#a8c7fa;--on:#0b1a33;--bad:#f2b8b5;--good:#8fd9b0}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:4rem auto;padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25;overflow-wrap:anywhere}
h2{margin:1.5rem 0 .5rem;font-size:1rem}
p{margin:0 0 1rem}
ul{margin:0 0 1rem;padding-left:1.25rem}
code{font:.9375rem/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
label,legend{display:block;margin:1rem 0 .25rem;font-weight:600}
fieldset{margin:0;padding:0;border:0}
fieldset label{display:flex;gap:.5rem;align-items:baseline;margin:.25rem 0;font-weight:400}
input:not([type=radio]),select{width:100%;padding:.625rem .75rem;border:1px solid var(--soft);border-radius:.375rem;background:var(--paper);color:var(--ink);font:inherit}
.hint{margin:.25rem 0 0;color:var(--soft);font-size:.875rem}
.bad{padding-left:.75rem;border-left:.25rem solid var(--bad);color:var(--bad)}
.good{padding-left:.75rem;border-left:.25rem solid var(--good);color:var(--good)}
button,a.act{display:inline-block;margin-top:1.5rem;padding:.625rem 1.25rem;border:0;border-radius:.375rem;background:var(--act);color:var(--on);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
a{color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
@media(max-width:40rem){main{margin:0;min-height:100vh;border:0;border-radius:0;padding:1.5rem}}
`;

/**
 * No script at all, no frame around it, forms to ourselves alone, and nothing loaded from anywhere: the style stands
 * in the page and is known by its hash. A form does not lead on to the authorization server, whose next hops nobody
 * could list for `form-action`: the page behind it does.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const HEADERS = [
  'Content-Security-Policy',
  POLICY,
  'Referrer-Policy',
  'no-referrer',
  'X-Frame-Options',
  'DENY',
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'X-Robots-Tag',
  'noindex',
];

/** Gives a page as it is sent: no script, no referrer, not kept, not in a frame. */
export function pageAnswer({ status, title, content, next, headers = [] }: Page): ControlAnswer {
  const refresh = next === undefined ? null : markup`<meta http-equiv="refresh" content="0;url=${next}">`;
  const { text } = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
${refresh}
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return { status, contentType: 'text/html; charset=utf-8', text, headers: [...HEADERS, ...headers] };
}
