import type { ControlAnswer } from '../control-answer.ts';
import { html } from './html.ts';
import { pageAnswer } from './page.ts';

/** Gives a page that says something and asks for nothing. */
export function messagePage(
  status: number,
  title: string,
  sentences: readonly string[],
  { tone = 'bad', again = null }: { readonly tone?: 'good' | 'bad'; readonly again?: string | null } = {},
): ControlAnswer {
  const [first = '', ...more] = sentences;
  return pageAnswer({
    status,
    title,
    content: html`<p class="${tone}" role="${tone === 'bad' ? 'alert' : 'status'}">${first}</p>
      ${more.map((one) => html`<p>${one}</p>`)}${again === null ? null : html`<a class="act" href="${again}">Try again</a>`}`,
  });
}
