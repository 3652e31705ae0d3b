import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import type { BrowserContextOptions, Page, PlaywrightCore } from './playwright-parts.ts';

/** Where Debian's package has it. */
const PATH = '/usr/bin/chromium';

/** Whether the tests in a real browser can run; with GW_TEST_CHROMIUM=required they must. */
export const hasChromium: boolean = existsSync(PATH) || process.env['GW_TEST_CHROMIUM'] === 'required';

/** Why tests are skipped. */
export const NO_CHROMIUM = 'Chromium is not installed';

/** A page of a real browser, and what its console said. */
export interface ChromiumPage {
  readonly page: Page;
  readonly said: string[];
}

/** Opens a page in a browser of its own, which ends with the test. */
export async function chromiumPage(options: BrowserContextOptions = {}): Promise<ChromiumPage> {
  const require = createRequire(import.meta.url);
  const { chromium } = require('playwright-core') as PlaywrightCore;
  const browser = await chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await (await browser.newContext(options)).newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  return { page, said };
}
