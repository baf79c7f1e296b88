/** A Firefox of the system, spoken to by WebDriver BiDi over a socket: no driver and no build of its own is needed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../scripts/free-port.mjs';

const START_LIMIT_MS = 60_000;
const LOOK_MS = 100;

/** Nothing is asked of anybody but the page's own server, and nothing is asked of a person. */
const preferences: Readonly<Record<string, boolean | number | string>> = {
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

/** FIREFOX_PATH, or a Firefox that the system has. */
export function findFirefox(): string | undefined {
  const named = process.env['FIREFOX_PATH'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = ['firefox-esr', 'firefox'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return places.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Answer {
  readonly id?: number;
  readonly type: 'success' | 'error' | 'event';
  readonly method?: string;
  readonly params?: { readonly level?: string; readonly text?: string | null };
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

interface Remote {
  readonly type: 'success' | 'exception';
  readonly result?: { readonly type: string; readonly value?: unknown };
  readonly exceptionDetails?: { readonly text: string };
}

export class Firefox {
  /** What the page has logged as an error. */
  readonly errors: string[] = [];
  readonly version: string;
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #context = '';
  #calls = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket, version: string) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    this.version = version;
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) =>
      this.#receive(JSON.parse(String(data)) as Answer),
    );
  }

  /** Starts it without a window, with an empty profile. */
  static async launch(program: string, size: { width: number; height: number }): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'aof-lab-firefox-'));
    const lines = Object.entries(preferences).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const port = await freePort();
    const child = spawn(
      program,
      ['--headless', '--no-remote', '--profile', profile, `--remote-debugging-port=${port}`],
      { stdio: 'ignore' },
    );
    const socket = await connected(`ws://127.0.0.1:${port}/session`);
    const firefox = new Firefox(child, profile, socket, '');
    const session = (await firefox.#call('session.new', { capabilities: {} })) as {
      capabilities: { browserVersion: string };
    };
    Object.assign(firefox, { version: session.capabilities.browserVersion });
    await firefox.#call('session.subscribe', { events: ['log.entryAdded'] });
    const { contexts } = (await firefox.#call('browsingContext.getTree', {})) as {
      contexts: { context: string }[];
    };
    firefox.#context = contexts[0]?.context ?? '';
    await firefox.#call('browsingContext.setViewport', {
      context: firefox.#context,
      viewport: size,
    });
    return firefox;
  }

  async open(url: string): Promise<void> {
    await this.#call('browsingContext.navigate', {
      context: this.#context,
      url,
      wait: 'complete',
    });
  }

  async reload(): Promise<void> {
    await this.#call('browsingContext.reload', { context: this.#context, wait: 'complete' });
  }

  /** Runs an expression in the page; what it comes to passes as JSON. */
  async evaluate<T>(expression: string): Promise<T> {
    const { type, result, exceptionDetails } = (await this.#call('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    })) as Remote;
    if (type === 'exception') throw new Error(exceptionDetails?.text ?? 'the page failed');
    return result?.type === 'string' ? (JSON.parse(String(result.value)) as T) : (undefined as T);
  }

  /** Waits until an expression of the page is true. */
  async until(expression: string, limitMs = 90_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      if (Date.now() > end) throw new Error(`was not so within ${limitMs} ms: ${expression}`);
      await pause(LOOK_MS);
    }
  }

  /** Moves the pointer to the middle of the element that the expression gives, and presses. */
  async click(element: string): Promise<void> {
    const { x, y } = await this.evaluate<{ x: number; y: number }>(
      `(() => { const box = (${element}).getBoundingClientRect();
        return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }; })()`,
    );
    const actions = [
      { type: 'pointerMove', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.#act([{ type: 'pointer', id: 'mouse', actions }]);
  }

  /** Types, key by key, where the focus is; `\r` is Enter. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((char) => {
      const value = char === '\r' ? '\uE007' : char;
      return [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ];
    });
    await this.#act([{ type: 'key', id: 'keyboard', actions }]);
  }

  async screenshot(): Promise<Uint8Array> {
    const { data } = (await this.#call('browsingContext.captureScreenshot', {
      context: this.#context,
    })) as { data: string };
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.#call('browser.close', {}).catch(() => undefined);
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #act(actions: readonly object[]): Promise<unknown> {
    return this.#call('input.performActions', { context: this.#context, actions });
  }

  #call(method: string, params: object): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, result, error, message }) => {
        if (type === 'success') resolve(result);
        else reject(new Error(`${method}: ${error ?? ''}: ${message ?? ''}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(answer: Answer): void {
    if (answer.method === 'log.entryAdded' && answer.params?.level === 'error')
      this.errors.push(answer.params.text ?? '');
    if (answer.id === undefined) return;
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

/** Firefox listens some seconds after it was started. */
async function connected(url: string): Promise<WebSocket> {
  const end = Date.now() + START_LIMIT_MS;
  for (;;) {
    const socket = new WebSocket(url);
    const opened = await new Promise<boolean>((resolve) => {
      socket.addEventListener('open', () => resolve(true), { once: true });
      socket.addEventListener('error', () => resolve(false), { once: true });
    });
    if (opened) return socket;
    if (Date.now() > end) throw new Error(`Firefox does not listen at ${url}`);
    await pause(LOOK_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
