// Plays the scenes on the running cluster. Like the cluster's tests, whose means it uses, it is a shopper with hands on kubectl.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { get, ingress, kubectl, primaryOfDatabase, REPOSITORY } from '../test/cluster.ts'
import { Broken } from './broken.ts'
import { SCENES, type Stage, type Step, type Words } from './scenes.ts'

/** Who looks on: somebody at a terminal, or the recorder of the video. */
export interface Audience {
  scene(title: Words, number: number, of: number): void
  says(words: Words): void
  /** What the terminal shows. */
  write(text: string): void
  /** Until what was said may happen. */
  ready(): Promise<unknown>
  /** Until it was seen. @param since when it was said, of `performance.now()` */
  seen(words: Words, since: number): Promise<unknown>
}

const PROMPT = '\u001b[1;35m$\u001b[0m '

/** Something is not there yet that can be brought. */
export class Missing extends Error {}

/** Where the shop is. @throws Missing */
export async function shopUrl(): Promise<string> {
  try {
    await get('cluster', 'confeitaria-db')
  } catch {
    throw new Missing('There is no shop on a cluster here: bring it up with `make up`.')
  }
  return (await ingress()).replace(/127\.0\.0\.1|0\.0\.0\.0/, 'localhost')
}

/**
 * Plays every scene and leaves the shop as it was, however it ends.
 * @param page a browser's, with the shop's address as its base
 * @throws Broken when the shop did not hold, or what `signal` was aborted with
 */
export async function play(audience: Audience, page: Page, url: string, signal: AbortSignal): Promise<void> {
  let command: Promise<string> | undefined
  const act = async (stage: Stage, step: Step) => {
    const line = typeof step.command === 'function' ? await step.command(stage) : step.command
    if (line) audience.write(PROMPT + line)
    await audience.ready()
    if (line) audience.write('\n')
    signal.throwIfAborted()
    command = line === undefined ? undefined : run(line, audience, signal)
    const output = await command
    signal.throwIfAborted()
    await step.browse?.(stage)
    signal.throwIfAborted()
    await step.holds?.(stage, output ?? '')
  }
  const scenes = async (stage: Stage) => {
    await page.goto('/')
    for (const [i, { title, steps }] of SCENES.entries()) {
      audience.scene(title, i + 1, SCENES.length)
      stage.crowd.turn()
      for (const step of steps) {
        signal.throwIfAborted()
        const since = performance.now()
        audience.says(step.says)
        await act(stage, step)
        await audience.seen(step.says, since)
      }
    }
  }

  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  aborted.catch(() => {}) // whoever waits for it is told
  const { Crowd } = await import('./crowd.ts') // it finds the Ingress as it is loaded
  const carts: number = (await get('deployment', 'confeitaria-cart')).spec.replicas
  const token = Buffer.from((await get('secret', 'confeitaria-admin')).data.token, 'base64').toString()
  const crowd = await Crowd.gather(token, line => audience.write(`${line}\n`))
  try {
    const stage = { page, url, crowd, carts, primary: await primaryOfDatabase() }
    await Promise.race([scenes(stage), aborted])
  } finally {
    await command?.catch(() => {}) // an interrupted one may still be changing something
    if ((await get('deployment', 'confeitaria-cart')).spec.replicas !== carts) {
      await kubectl('scale', 'deployment/confeitaria-cart', `--replicas=${carts}`)
    }
    await crowd.leave()
  }
}

/** @returns what the command wrote. @throws Broken when it failed */
async function run(command: string, audience: Audience, signal: AbortSignal): Promise<string> {
  const environment = join(REPOSITORY, 'k8s/environment.sh')
  // A group of its own: with an interrupt all of it ends, and not before we say so.
  const child = spawn('bash', ['-c', `source '${environment}'\n${command}`], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => process.kill(-child.pid!, 'SIGTERM')
  signal.addEventListener('abort', end)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      audience.write(text)
    })
  }
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  if (code !== 0) throw new Broken(`\`${command}\` ended with ${code}`)
  return output
}
