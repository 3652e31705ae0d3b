// The parts of playwright-core that tests use: its own types want those of a document, which the program does without.

export interface Locator {
  click(): Promise<void>;
  count(): Promise<number>;
  fill(value: string): Promise<void>;
  selectOption(value: string): Promise<unknown>;
  waitFor(): Promise<void>;
}

export interface Frame {
  getByRole(role: string, options?: { name?: string }): Locator;
}

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly sameSite: string;
}

export interface BrowserContextOptions {
  readonly javaScriptEnabled?: boolean;
  readonly colorScheme?: 'dark' | 'light';
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface BrowserContext {
  newPage(): Promise<Page>;
  cookies(url: string): Promise<Cookie[]>;
}

export interface Page extends Frame {
  goto(url: string): Promise<unknown>;
  title(): Promise<string>;
  frames(): Frame[];
  context(): BrowserContext;
  getByLabel(text: string): Locator;
  evaluate(script: string): Promise<unknown>;
  screenshot(options: { path: string; fullPage?: boolean }): Promise<unknown>;
  on(event: 'console', listener: (message: { text(): string }) => void): void;
  on(event: 'request', listener: (request: { headers(): Record<string, string> }) => void): void;
}

export interface Browser {
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

export interface PlaywrightCore {
  readonly chromium: {
    launch(options: { executablePath: string; args: string[] }): Promise<Browser>;
  };
}
