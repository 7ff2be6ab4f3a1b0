import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SCENES } from '../demo/scenes.ts'
import { webVtt } from '../demo/subtitles.ts'
import { REPOSITORY } from './cluster.ts'

/** What fits under the picture in two lines. */
const MAX_CHARACTERS = 150
const words = SCENES.flatMap(({ title, steps }) => [title, ...steps.map(({ says }) => says)])

t.test('every scene and step is said in both languages, short enough to be a subtitle', async t => {
  for (const { pt, en } of words) {
    for (const text of [pt, en]) t.ok(text.trim() === text && text.length > 5 && text.length <= MAX_CHARACTERS, `${text.length}: ${text}`)
    t.not(pt, en)
  }
  t.equal(new Set(words.map(({ pt }) => pt)).size, words.length, 'nothing is said twice')
})

t.test('every step shows or checks something', async t => {
  for (const { says, command, browse, holds } of SCENES.flatMap(({ steps }) => steps)) t.ok(command || browse || holds, says.en)
})

t.test('what is said to be made can be made', async t => {
  const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8')
  const makefile = read('Makefile')
  const spoken = words.flatMap(({ pt, en }) => [pt, en]).join('\n')
  const written = [...read('docs/demonstracao/README.md').matchAll(/(?:`|^)make [^`\n]*/gm)].join('\n')
  const targets = new Set([...`${spoken}\n${written}`.matchAll(/\bmake ([a-z][a-z-]*)/g)].map(([, target]) => target!))
  t.ok(targets.has('demo'))
  for (const target of targets) t.match(makefile, new RegExp(`^${target}:`, 'm'), target)
})

t.test('subtitles', async t => {
  const cues = [
    { from: 0, to: 1_250, words: { pt: 'Olá', en: 'Hello' } },
    { from: 1_250, to: 3_661_007, words: { pt: 'Até logo', en: 'Bye' } },
  ]
  t.equal(webVtt(cues, 'pt'), 'WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nOlá\n\n00:00:01.250 --> 01:01:01.007\nAté logo\n')
  t.match(webVtt(cues, 'en'), 'Hello')
})
