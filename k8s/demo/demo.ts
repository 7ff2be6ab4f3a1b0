// The demonstration at a terminal (`make demo`), beside a browser window where there is a screen.
import { once } from 'node:events'
import { Broken } from './broken.ts'
import { startBrowser } from './browser.ts'
import { byItself } from './pace.ts'
import { type Audience, Missing, play, shopUrl } from './play.ts'

const [BOLD, FAINT, PINK, PLAIN] = ['\u001b[1m', '\u001b[2m', '\u001b[1;35m', '\u001b[0m']
const WIDTH = 76
const { stdin, stdout } = process

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt.abort())

/** A key goes on; q and Ctrl-C, which is no signal while keys are read one by one, end it. */
async function key() {
  stdout.write(`${FAINT} ⏎${PLAIN}`)
  stdin.setRawMode(true).resume()
  try {
    const [pressed] = await once(stdin, 'data', { signal: interrupt.signal })
    if (['q', 'Q', '\u0003'].includes(String(pressed))) interrupt.abort()
  } finally {
    stdin.setRawMode(false).pause()
    stdout.write('\b\b\u001b[K')
  }
}

const paragraph = (text: string) => text.replace(new RegExp(`(.{1,${WIDTH}})(?: |$)`, 'g'), '  $1\n')

function audience(): Audience {
  const { AUTO } = process.env
  const pace = Number(AUTO)
  if (AUTO && !(pace > 0)) throw new Missing('AUTO is how fast the demonstration goes on by itself: 1 to read along, 10 ten times as fast.')
  if (!AUTO && !stdin.isTTY) throw new Missing('There is no terminal here to press a key in: AUTO=1 goes on by itself.')
  if (!AUTO) console.log('Uma tecla continua, q termina. · A key goes on, q ends it.')
  return {
    scene: ({ pt, en }, number, of) => stdout.write(`\n${PINK}━━ ${number}/${of}  ${pt} · ${en}${PLAIN}\n`),
    says: ({ pt, en }) => stdout.write(`\n${BOLD}${paragraph(pt)}${PLAIN}${FAINT}${paragraph(en)}${PLAIN}\n`),
    write: text => stdout.write(text),
    ...(AUTO ? byItself(pace) : { ready: key, seen: async () => {} }),
  }
}

/** A window where there is a screen; elsewhere nobody sees the browser, and it shops all the same. */
async function open(url: string) {
  const hasScreen = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
  if (!hasScreen) console.log(`Sem tela: o navegador compra sem ser visto; veja a loja em ${url}. · No screen: see the shop at ${url}.`)
  const browser = await startBrowser({ headless: !hasScreen, args: ['--window-size=900,900'] })
  const page = await browser.newPage({ baseURL: url, locale: 'pt-BR', viewport: hasScreen ? null : { width: 900, height: 900 } })
  if (hasScreen) await page.screencast.showActions({ style: { title: 'display: none' } })
  return { browser, page }
}

try {
  const watching = audience()
  const url = await shopUrl()
  const { browser, page } = await open(url)
  await play(watching, page, url, interrupt.signal).finally(() => browser.close())
  console.log('\nA loja aguentou. · The shop held.')
} catch (error) {
  if (error instanceof Error && error.name === 'AbortError') {
    console.error('\nInterrompida; a loja está como estava. · Interrupted; the shop is as it was.')
    process.exit(130)
  }
  if (error instanceof Missing) {
    console.error(error.message)
    process.exit(2)
  }
  const what = error instanceof Error ? error.message.split('\n')[0] : error
  console.error(error instanceof Broken ? `\nThe shop did not hold: ${what}.` : `\n${what}`)
  process.exit(1)
}
process.exit(0) // whoever still waits for something need not
