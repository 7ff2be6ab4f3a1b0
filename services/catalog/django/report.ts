/** What an import did, or would do: text for the shopkeeper, JSON for a program. Both are written piece by piece. */
import type pg from 'pg'
import { type Note, notesOf, type Summary } from './import.ts'

export interface Result {
  fonte: string
  simulacao: boolean
  resumo: Summary
}
/** Resolves when there is room for more. */
export type Write = (text: string) => Promise<unknown>

/** Of what was taken the text shows so many notes of each kind; of what was refused, all. */
const SHOWN = 100
const TITLES = { recusa: 'Recusados', mudanca: 'Mudanças', aviso: 'Avisos' }

export async function writeText(client: pg.Client, { fonte, simulacao, resumo }: Result, write: Write) {
  const row = (name: string, cells: unknown[]) => write(`${name.padEnd(12)}${cells.map(cell => `${cell}`.padStart(11)).join('')}\n`)
  await write(simulacao ? `Simulação: nada foi mudado. Importar ${fonte} faria isto:\n\n` : `Importado de ${fonte}:\n\n`)
  await row('', Object.keys(resumo.doces))
  for (const [name, counts] of Object.entries(resumo)) await row(name, Object.values(counts))
  for (const kind of ['recusa', 'mudanca', 'aviso'] as const) {
    let count = 0
    for await (const note of notesOf(client, kind)) {
      if (!count++) await write(`\n${TITLES[kind]}\n`)
      if (kind === 'recusa' || count <= SHOWN) await write(`  ${sentenceOf(note)}\n`)
    }
    if (kind !== 'recusa' && count > SHOWN)
      await write(`  … e mais ${count - SHOWN}, que o relatório em JSON mostra (RELATORIO=arquivo.json)\n`)
  }
}

function sentenceOf({ tabela, linha, id, campo, motivo }: Note): string {
  const place = [tabela, ...(linha === null ? [] : [`linha ${linha}`]), ...(id === null ? [] : [`id ${id}`])].join(', ')
  return `${place}: ${campo ? `${campo} ` : ''}${motivo}`
}

export async function writeJson(client: pg.Client, result: Result, write: Write) {
  await write(JSON.stringify(result).slice(0, -1))
  for (const kind of ['recusa', 'mudanca', 'aviso'] as const) {
    await write(`,\n"${{ recusa: 'recusados', mudanca: 'mudancas', aviso: 'avisos' }[kind]}":[`)
    let separator = '\n'
    for await (const note of notesOf(client, kind)) {
      await write(`${separator}${JSON.stringify(note)}`)
      separator = ',\n'
    }
    await write(']')
  }
  await write('}\n')
}
