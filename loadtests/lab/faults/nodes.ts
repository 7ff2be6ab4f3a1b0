import { Refusal } from '../refusal.ts'
import { run } from '../tools.ts'
import { type Fault, newPrimary } from './fault.ts'

const CUT = ['-m', 'comment', '--comment', 'confeitaria-lab', '-j', 'DROP']
/** Everything that comes in or goes out by the node's own interface, also of its pods. */
const RULES = [
  ['INPUT', '-i', 'eth0'],
  ['OUTPUT', '-o', 'eth0'],
  ['FORWARD', '-i', 'eth0'],
  ['FORWARD', '-o', 'eth0'],
]
const iptables = (node: string, command: '-I' | '-C' | '-D', [chain, ...match]: string[]) =>
  run('docker', ['exec', node, 'iptables', '-w', '5', command, chain!, ...match, ...CUT])

const stateOf = async (node: string) => (await run('docker', ['inspect', '-f', '{{.State.Status}}', node])).trim()

/** A node of kind is a container: killed, frozen, or cut off, from outside of the cluster and without its help. */
export const node: Fault<'node'> = {
  fromOutside: true,
  async choose(_definition, { cluster }) {
    if (!cluster.kindName) throw new Refusal('Stopping a node needs a kind cluster, whose nodes are containers: this context is none.')
    const { currentPrimary } = await cluster.database()
    const node = (await cluster.pod(currentPrimary))?.spec?.nodeName
    if (!node) throw new Error(`${currentPrimary} is on no node.`)
    await stateOf(node)
    return { kind: 'Node', name: node, node, role: 'database-primary', memory: { currentPrimary } }
  },
  async inject({ how }, { name }) {
    if (how === 'stop') await run('docker', ['kill', name])
    else if (how === 'pause') await run('docker', ['pause', name])
    else for (const rule of RULES) await iptables(name, '-I', rule)
  },
  proofs: ({ how }, target, surroundings) => [
    {
      name: 'node-away',
      what: `Docker says that ${target.name} is ${how === 'stop' ? 'stopped' : how === 'pause' ? 'paused' : 'cut off'}`,
      async see() {
        const state = await stateOf(target.name)
        if (how !== 'disconnect') return state === (how === 'stop' ? 'exited' : 'paused') ? state : undefined
        await Promise.all(RULES.map(rule => iptables(target.name, '-C', rule)))
        return 'all of its packets are dropped'
      },
    },
    {
      name: 'node-not-ready',
      what: `the API server has not heard of ${target.name}`,
      async see() {
        const found = (await surroundings.cluster.nodes()).find(({ metadata }) => metadata?.name === target.name)
        const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready')
        return ready && ready.status !== 'True' ? `Ready is ${ready.status}` : undefined
      },
    },
    newPrimary(target, surroundings),
  ],
  async undo({ how }, { name }) {
    const state = await stateOf(name)
    if (how === 'stop' && state === 'exited') await run('docker', ['start', name])
    else if (how === 'pause' && state === 'paused') await run('docker', ['unpause', name])
    else if (how === 'disconnect' && state === 'running') {
      let did = false
      for (const rule of RULES) {
        while (
          await iptables(name, '-C', rule).then(
            () => true,
            () => false,
          )
        ) {
          await iptables(name, '-D', rule)
          did = true
        }
      }
      return did
    } else return false
    return true
  },
}
