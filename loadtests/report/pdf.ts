import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { Refusal } from '../lab/refusal.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Prints pages that lie on the disk, tagged and with an outline, as `moment` (ms since 1970); the same page gives the same bytes. */
export async function print(pages: readonly { from: string; to: string }[], moment: number): Promise<void> {
  const browser = await chromium
    .launch({ executablePath: CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'] })
    .catch((error: Error) => {
      throw new Refusal(
        `The HTML is written, the PDF is not: ${CHROMIUM} does not start (apt-get install chromium): ${error.message.split('\n')[0]}.`,
      )
    })
  try {
    for (const { from, to } of pages) {
      const page = await browser.newPage({ colorScheme: 'light' })
      await page.goto(pathToFileURL(from).href)
      await page.pdf({ path: to, preferCSSPageSize: true, printBackground: true, tagged: true, outline: true })
      await page.close()
      await writeFile(to, settled(await readFile(to), moment))
    }
  } finally {
    await browser.close()
  }
}

/**
 * The same number of bytes without what differs from print to print: the moment (that of the run instead), and the numbers of the tagged
 * elements, which come from the browser's own count (here in their order; what lists them by number is sorted again).
 */
function settled(pdf: Buffer, moment: number): Buffer {
  const stamp = new Date(moment).toISOString().replace(/\D/g, '').slice(0, 14)
  const numbers = new Map<string, string>()
  const number = (id: string) => {
    if (!numbers.has(id)) numbers.set(id, String(numbers.size + 1).padStart(8, '0'))
    return numbers.get(id)!
  }
  const text = pdf
    .toString('latin1')
    .replace(/\/(CreationDate|ModDate) \(D:\d{14}/g, `/$1 (D:${stamp}`)
    .replace(/\(node(\d{8})\)/g, (_, id: string) => `(node${number(id)})`)
    .replace(/\/Limits \[.*\]\n\/Names \[((?:\(node\d{8}\) \d+ 0 R ?)+)\]/g, (_, names: string) => {
      const sorted = names.match(/\(node\d{8}\) \d+ 0 R/g)!.sort()
      const [first, last] = [sorted[0]!, sorted.at(-1)!].map(name => name.slice(0, '(node12345678)'.length))
      return `/Limits [${first} ${last}]\n/Names [${sorted.join(' ')}]`
    })
  return Buffer.from(text, 'latin1')
}
