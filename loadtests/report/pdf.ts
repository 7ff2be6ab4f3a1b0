import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { NoReport } from './run.ts'

const CHROMIUM = '/usr/bin/chromium'

/**
 * Prints pages that lie on the disk, tagged and with an outline, as `moment` (ms since 1970) so that the same page gives the same bytes.
 * Each has a browser of its own: the tags' names count on from whatever that browser showed before.
 */
export async function print(pages: readonly { from: string; to: string }[], moment: number): Promise<void> {
  for (const { from, to } of pages) {
    const browser = await chromium
      .launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
      .catch((error: Error) => {
        throw new NoReport(
          `The HTML is written, the PDF is not: ${CHROMIUM} does not start (apt-get install chromium): ${error.message.split('\n')[0]}.`,
        )
      })
    try {
      const page = await browser.newPage({ colorScheme: 'light' })
      await page.goto(pathToFileURL(from).href)
      await page.pdf({ path: to, preferCSSPageSize: true, printBackground: true, tagged: true, outline: true })
      await writeFile(to, dated(await readFile(to), moment))
    } finally {
      await browser.close()
    }
  }
}

/** The browser writes down when it printed; the same number of bytes says when the run began instead. */
function dated(pdf: Buffer, moment: number): Buffer {
  const stamp = new Date(moment).toISOString().replace(/\D/g, '').slice(0, 14)
  return Buffer.from(pdf.toString('latin1').replace(/\/(CreationDate|ModDate) \(D:\d{14}/g, `/$1 (D:${stamp}`), 'latin1')
}
