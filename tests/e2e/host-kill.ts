/**
 * Kills a whole browser with SIGKILL while the page acknowledges writes, again and again with the same profile, and
 * looks for writes that were acknowledged and are not there at the next start.
 */
import { chromium, type Browser, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { browserFlags, findBrowser } from '../../scripts/browser.mjs';
import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import type {} from '../../src/ui/aof-lab.ts';
import { temporaryFolder } from './redis-log.ts';

export interface HostKillOptions {
  /** Where the lab is served. */
  readonly url: string;
  readonly kills: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

export interface HostKills {
  readonly kills: number;
  readonly acknowledged: number;
  /** One for each acknowledged write that was missing. */
  readonly violations: readonly string[];
  /** What the page said of its stores after a kill, such as that one was lost and rebuilt. */
  readonly reports: readonly string[];
}

/** How long the browser writes before it is killed: from the first reply to many batches later. */
const SHORTEST_MS = 50;
const LONGEST_MS = 900;

export async function killHosts({ url, kills, seed, tell }: HostKillOptions): Promise<HostKills> {
  const profile = temporaryFolder();
  const random = seedRandom(seed);
  const violations: string[] = [];
  const reports: string[] = [];
  const acknowledged: string[] = [];
  try {
    for (let round = 0; round <= kills; round++) {
      const host = await startHost(profile.path);
      try {
        const page = await openPage(host.browser, url);
        const report = await page.evaluate(() => window.aofLab.ready);
        if (report !== null) reports.push(report);
        if (round === 0) await page.evaluate((setup) => window.aofLab.reset(setup), alwaysFsync);
        for (const key of await missingKeys(page, acknowledged)) {
          violations.push(`start ${round}: ${key} of ${acknowledged.length} is missing`);
        }
        if (round === kills) break;
        const before = acknowledged.length;
        await writeUntilKilled(page, host, random, round, acknowledged);
        tell(
          `kill ${round + 1}: ${acknowledged.length - before} writes acknowledged${report === null ? '' : `; ${report}`}`,
        );
      } finally {
        await host.kill();
      }
    }
  } finally {
    profile.remove();
  }
  return { kills, acknowledged: acknowledged.length, violations, reports };
}

const alwaysFsync = {
  lanes: [{ config: { appendfsync: 'always' } }],
  disk: { preset: 'nvme' },
} as const;

/** Several clients write, each its next key when the one before was acknowledged, which the page tells first. */
async function writeUntilKilled(
  page: Page,
  host: Host,
  random: RandomState,
  round: number,
  acknowledged: string[],
): Promise<void> {
  const patience = SHORTEST_MS + nextBelow(random, LONGEST_MS - SHORTEST_MS);
  const first = new Promise<void>((resolve) => {
    page.on('console', (message) => {
      const [word, key] = message.text().split(' ');
      if (word !== 'acknowledged' || key === undefined) return;
      acknowledged.push(key);
      resolve();
    });
  });
  const writing = page.evaluate(
    async ([kill, clients]) => {
      const write = async (client: string): Promise<void> => {
        for (let n = 0; ; n++) {
          const key = `${kill}:${client}:${n}`;
          const { text } = await window.aofLab.send(`SET ${key} ${key}`, { client });
          if (text !== 'OK') throw new Error(`SET answered ${text}`);
          console.log(`acknowledged ${key}`);
        }
      };
      await Promise.all(clients.map(write));
    },
    [round, ['a', 'b', 'c', 'd']] as const,
  );
  const ended = writing.catch((error: unknown) => error);
  await Promise.race([
    first,
    ended.then((error) =>
      Promise.reject(error instanceof Error ? error : new Error(String(error))),
    ),
  ]);
  await new Promise((resolve) => setTimeout(resolve, patience));
  await host.kill();
  await ended;
}

/** The acknowledged keys that the lab does not have, or has with another value. */
async function missingKeys(page: Page, keys: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (let i = 0; i < keys.length; i += 500) {
    const some = keys.slice(i, i + 500);
    const values = await page.evaluate(async (names) => {
      const { reply } = await window.aofLab.send(`MGET ${names.join(' ')}`);
      return (reply?.value as { value: unknown }[]).map(({ value }) => value);
    }, some);
    missing.push(...some.filter((key, at) => values[at] !== key));
  }
  return missing;
}

interface Host {
  readonly browser: Browser;
  kill(): Promise<void>;
}

/**
 * A browser that is this process's own child, in a process group of its own, so that nothing but it is killed. Playwright
 * talks to it through its debugging port.
 */
async function startHost(profile: string): Promise<Host> {
  const executable = await findBrowser();
  if (executable === undefined) throw new Error('There is no Chromium to kill.');
  const portFile = join(profile, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const child = spawn(
    executable,
    [
      ...['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
      ...['--no-first-run', '--no-default-browser-check', '--disable-gpu', '--disable-extensions'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...browserFlags,
      'about:blank',
    ],
    { detached: true, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    killGroup(child);
    await ended;
  };
  try {
    const browser = await chromium.connectOverCDP(await debuggingUrl(portFile, child));
    return { browser, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** The browser and what it has started. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}

/** Chromium writes its port into its profile when it listens. */
async function debuggingUrl(portFile: string, child: ChildProcess): Promise<string> {
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 20) {
    const [port, path] = existsSync(portFile) ? readFileSync(portFile, 'utf8').split('\n') : [];
    if (port !== undefined && path !== undefined) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('Chromium did not start.');
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const context = browser.contexts()[0]!;
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(url);
  await page.waitForFunction(() => 'aofLab' in window);
  return page;
}
