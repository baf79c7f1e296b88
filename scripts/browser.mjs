import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Picks the Chromium that every test runs in: CHROMIUM_PATH, else Playwright's own, else one that
 * the system has. Playwright's path is asked for only once the packages are installed.
 *
 * @returns {Promise<string | undefined>} the path of an executable
 */
export async function findBrowser() {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, which is not an executable file.`);
  }
  const own = await playwrightsOwn();
  if (own !== undefined && isExecutable(own)) return own;
  return systemBrowsers().find(isExecutable);
}

/** Keeps a Chromium under test from calling home; the last two keep its timers honest. */
export const browserFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
];

async function playwrightsOwn() {
  try {
    const { chromium } = await import('@playwright/test');
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

function systemBrowsers() {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [
    ...names.flatMap((name) => [...folders, '/usr/bin', '/snap/bin'].map((at) => join(at, name))),
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ];
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
