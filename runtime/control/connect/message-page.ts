import type { ControlAnswer } from '../control-answer.ts';
import { markup } from './markup.ts';
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
    content: markup`<p class="${tone}" role="${tone === 'bad' ? 'alert' : 'status'}">${first}</p>
${more.map((one) => markup`<p>${one}</p>`)}${again === null ? null : markup`<a class="act" href="${again}">Try again</a>`}`,
  });
}
