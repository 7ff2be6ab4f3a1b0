// The demonstration as a film (`make video`): played once for real, in real time. What browser and terminal showed, and when, is kept,
// and then drawn side by side, picture by picture.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { REPOSITORY } from '../test/cluster.ts'
import { Broken } from './broken.ts'
import { startBrowser } from './browser.ts'
import { byItself } from './pace.ts'
import { type Audience, Missing, play, shopUrl } from './play.ts'
import type { Words } from './scenes.ts'
import { type Cue, webVtt } from './subtitles.ts'

const FOLDER = join(REPOSITORY, 'video')
const PICTURE = { width: 1920, height: 1080 }
/** The browser's part of the picture; its letters are half as large again as usual, as a film is seen from afar. */
const BROWSER = { width: 816, height: 804 }
const FONT_SIZES = { standard: 24, fixed: 20 }
const PER_SECOND = 10
const MINUTES = { least: 3, most: 5 }
const MAX_BYTES = 20_000_000
const CLEAR = '\u001b[2J\u001b[H'

/** What is new in a picture. */
interface Change {
  number?: string
  title?: Words
  words?: Words
  clock?: string
  address?: string
  /** JPEG, base64 */
  browser?: string
  /** For the terminal. */
  text?: string
}

interface Film {
  /** By the number of the picture. */
  changes: Map<number, Change>
  cues: Cue[]
  pictures: number
}

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => interrupt.abort(new Missing('Interrupted; the shop is as it was.')))

async function record(browser: Browser, url: string): Promise<Film> {
  const page = await browser.newPage({ baseURL: url, locale: 'pt-BR', viewport: BROWSER })
  const settings = await page.context().newCDPSession(page)
  await settings.send('Page.enable')
  await settings.send('Page.setFontSizes', { fontSizes: FONT_SIZES })

  const film: Film = { changes: new Map(), cues: [], pictures: 0 }
  let started: number | undefined
  const now = () => (started === undefined ? 0 : performance.now() - started)
  const add = ({ text = '', ...change }: Change) => {
    const picture = Math.floor((now() * PER_SECOND) / 1000)
    const sofar = film.changes.get(picture)
    film.changes.set(picture, { ...sofar, ...change, text: (sofar?.text ?? '') + text })
  }
  const endOfCue = () => {
    const last = film.cues.at(-1)
    if (last) last.to = now()
  }
  const audience: Audience = {
    ...byItself(1),
    scene(title, number, of) {
      started ??= performance.now() // what was before is in the first picture
      add({ title, number: `${number}/${of}`, text: CLEAR })
      console.log(`${number}/${of}  ${title.pt}`)
    },
    says(words) {
      endOfCue()
      film.cues.push({ from: now(), to: now(), words })
      add({ words, text: '\n' })
    },
    write: text => add({ text }),
  }
  await page.screencast.start({
    size: BROWSER,
    quality: 90,
    onFrame: ({ data }) => add({ browser: data.toString('base64'), address: page.url() }),
  })
  await page.screencast.showActions({ style: { title: 'display: none' } })
  await play(audience, page, url, interrupt.signal)
  endOfCue()
  film.pictures = Math.ceil((now() * PER_SECOND) / 1000)
  await page.close()
  return film
}

async function draw(browser: Browser, { changes, pictures }: Film, to: string): Promise<void> {
  const page = await browser.newPage({ viewport: PICTURE })
  await page.goto(pathToFileURL(join(import.meta.dirname, 'frame.html')).href)
  const input = ['-f', 'image2pipe', '-framerate', String(PER_SECOND), '-c:v', 'mjpeg', '-i', '-']
  const output = ['-c:v', 'libx264', '-preset', 'slow', '-crf', '23', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', to]
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...output], { stdio: ['pipe', 'inherit', 'inherit'] })
  const ended = once(ffmpeg, 'close')
  ffmpeg.stdin.on('error', () => {}) // it ended before its time: its exit code tells
  try {
    let picture: Buffer | undefined
    for (let i = 0; i < pictures && ffmpeg.exitCode === null; i++) {
      interrupt.signal.throwIfAborted()
      const change = { ...changes.get(i), ...clock(i) }
      if (Object.keys(change).length || !picture) {
        await page.evaluate(change => (globalThis as unknown as { show(change: unknown): Promise<void> }).show(change), change)
        picture = await page.screenshot({ type: 'jpeg', quality: 95 })
      }
      if (!ffmpeg.stdin.write(picture)) await Promise.race([once(ffmpeg.stdin, 'drain').catch(() => ended), ended])
      if (i % (10 * PER_SECOND) === 0) console.log(`drawn ${Math.round(i / PER_SECOND)} of ${Math.round(pictures / PER_SECOND)} s`)
    }
  } catch (error) {
    ffmpeg.kill('SIGKILL')
    throw error
  }
  ffmpeg.stdin.end()
  const [code] = await ended
  interrupt.signal.throwIfAborted()
  if (code !== 0) throw new Missing(`ffmpeg ended with ${code}: see the lines above.`)
}

function clock(picture: number): Change {
  if (picture % PER_SECOND) return {}
  const seconds = picture / PER_SECOND
  return { clock: `sem cortes · uncut  ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}` }
}

mkdirSync(FOLDER, { recursive: true })
const unfinished = join(FOLDER, 'unfinished.mp4')
let browser: Browser | undefined
try {
  const url = await shopUrl()
  browser = await startBrowser({ headless: true })
  const film = await record(browser, url)
  const seconds = film.pictures / PER_SECOND
  await draw(browser, film, unfinished)
  const { size } = statSync(unfinished)
  renameSync(unfinished, join(FOLDER, 'demonstracao.mp4'))
  writeFileSync(join(FOLDER, 'demonstracao.pt-BR.vtt'), webVtt(film.cues, 'pt'))
  writeFileSync(join(FOLDER, 'demonstracao.en.vtt'), webVtt(film.cues, 'en'))
  console.log(`video/demonstracao.mp4  ${(size / 1e6).toFixed(1)} MB, ${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`)
  const { least, most } = MINUTES
  if (seconds < least * 60 || seconds > most * 60)
    throw new Missing(`A film of ${least} to ${most} minutes was wanted: see k8s/demo/pace.ts.`)
  if (size > MAX_BYTES) throw new Missing(`It is larger than ${MAX_BYTES / 1e6} MB.`)
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.error(error instanceof Broken ? `The shop did not hold: ${error.message}.` : error instanceof Missing ? error.message : error)
  process.exitCode = interrupt.signal.aborted ? 130 : 1
} finally {
  await browser?.close()
  rmSync(unfinished, { force: true })
}
process.exit()
