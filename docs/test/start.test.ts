// The commands of README.md that try the shop, as they stand there, on a shop that was started for them.
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { ownEnvironment, startShop } from '../../services/standalone/test/run.ts'
import { commandsOf, isShell, parse, REPOSITORY } from './markdown.ts'

const PORTS: Record<string, string> = { 8080: 'GATEWAY_PORT', 5001: 'CATALOG_PORT', 5011: 'CATALOG_2_PORT', 5002: 'CART_PORT' }

t.test('what README.md tries succeeds, and ends with an order', { timeout: 200_000 }, async t => {
  const env = await ownEnvironment(t)
  execFileSync(join(REPOSITORY, '.ci/packages'), ['curl'])
  await startShop(t, env)
  const commands = parse('README.md')
    .blocks.filter(block => isShell(block) && !block.mark)
    .flatMap(commandsOf)
    .filter(command => /^(curl|sid=)/.test(command))
    .map(command => command.replace(/localhost:(\d+)/g, (_, port) => `127.0.0.1:${env[PORTS[port]!]}`))
  t.ok(commands.length > 5)
  const strictly = 'curl() { command curl --silent --show-error --fail-with-body --write-out "\\n" "$@"; }'
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', [strictly, ...commands].join('\n')], { env })
  const answers = stdout.trim().split('\n')
  t.equal(answers.length, commands.filter(command => command.startsWith('curl')).length)
  for (const answer of answers) t.ok(JSON.parse(answer), answer.slice(0, 60))
  const search = commands.filter(command => command.startsWith('curl')).findIndex(command => command.includes('busca='))
  t.match(answers[search], 'Brigadeiro tradicional', 'a search that finds through a typo')
  t.match(JSON.parse(answers.at(-1)!).data, { status: 'confirmado', itens: [{ produto_id: 1, quantidade: 2 }] })
})
