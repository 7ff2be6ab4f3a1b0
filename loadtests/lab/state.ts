// The note that a run leaves where the next one finds it: who runs, and which fault must be undone. Written before the fault is injected.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FaultDefinition } from './definition.ts'
import type { Target } from './faults/fault.ts'

export interface Note {
  pid: number
  run: string
  context: string
  namespace: string
  release: string
  fault: { definition: FaultDefinition; target: Target; injectedAt: number } | null
}

export class State {
  readonly #path: string
  #note: Note | undefined

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#path = join(folder, '.running.json')
  }

  /** What another process left, if it left anything. */
  found(): Note | undefined {
    return existsSync(this.#path) ? JSON.parse(readFileSync(this.#path, 'utf8')) : undefined
  }

  begin(note: Omit<Note, 'fault' | 'pid'>) {
    this.#note = { ...note, pid: process.pid, fault: null }
    this.#write()
  }

  get fault(): Note['fault'] {
    return this.#note?.fault ?? null
  }

  set fault(fault: Note['fault']) {
    if (!this.#note) throw new Error('No run has begun.')
    this.#note.fault = fault
    this.#write()
  }

  end() {
    rmSync(this.#path, { force: true })
  }

  #write() {
    const part = `${this.#path}.${process.pid}`
    writeFileSync(part, JSON.stringify(this.#note, null, 2))
    renameSync(part, this.#path)
  }
}

/** Whether that process still runs; one of the same number as this one is of another container. */
export function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lab')
  } catch {
    return true
  }
}
