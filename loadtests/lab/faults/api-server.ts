import { Refusal } from '../refusal.ts'
import { run } from '../tools.ts'
import type { Fault } from './fault.ts'

const signal = (node: string, name: 'STOP' | 'CONT') => run('docker', ['exec', node, 'pkill', `-${name}`, '-x', 'kube-apiserver'])

/** T: stopped by a signal. */
const state = async (node: string) => (await run('docker', ['exec', node, 'sh', '-c', 'ps -o stat= -C kube-apiserver'])).trim().slice(0, 1)

/** The API server's process is frozen, from outside: connections to it hang, as on a machine that swaps. */
export const apiServer: Fault<'api-server'> = {
  fromOutside: true,
  async choose(_definition, { cluster }) {
    if (!cluster.kindName)
      throw new Refusal('Freezing the API server needs a kind cluster, whose nodes are containers: this context is none.')
    const name = `${cluster.kindName}-control-plane`
    await state(name)
    return { kind: 'Process', name, node: name, role: 'kube-apiserver', memory: {} }
  },
  inject: async (_definition, { name }) => void (await signal(name, 'STOP')),
  proofs: (_definition, { name }, { cluster }) => [
    {
      name: 'api-silent',
      what: 'the API server is stopped and gives no answer in 15 s',
      async see() {
        if ((await state(name)) !== 'T') return undefined
        return cluster.nodes().then(
          () => undefined,
          (error: Error) => error.message,
        )
      },
    },
  ],
  async undo(_definition, { name }) {
    if ((await state(name)) !== 'T') return false
    await signal(name, 'CONT')
    return true
  },
}
