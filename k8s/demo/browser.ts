import { type Browser, chromium } from 'playwright-core'

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']

/** Signals are ours: by itself the browser's driver ends the process with one, and what was begun stays half done. */
export const startBrowser = (options: { headless: boolean; args?: string[] }): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    headless: options.headless,
    args: [...ARGUMENTS, ...(options.args ?? [])],
  })
