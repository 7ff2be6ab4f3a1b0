// The demonstration, scene by scene: `make demo` plays it, `make video` records it, the subtitles are these sentences.
import type { Page } from 'playwright-core'
import { get, primaryOfDatabase, until } from '../test/cluster.ts'
import { Broken } from './broken.ts'
import type { Crowd } from './crowd.ts'

export interface Words {
  pt: string
  en: string
}

export interface Stage {
  page: Page
  /** Where the shop's Ingress is. */
  url: string
  crowd: Crowd
  /** The pod that is the database's primary when it begins. */
  primary: string
  /** How many pods the cart has when it begins. */
  carts: number
}

/** Something to be seen: first it is said, then the command runs, then the shopper does something, then it is looked at whether it held. */
export interface Step {
  says: Words
  /** Shown and run as it stands, in bash, with the cluster's tools. */
  command?: string | ((stage: Stage) => string | Promise<string>)
  browse?: (stage: Stage) => Promise<unknown>
  /** @throws Broken when the shop did not hold */
  holds?: (stage: Stage, output: string) => Promise<unknown> | unknown
}

export interface Scene {
  title: Words
  steps: Step[]
}

const KUBECTL = 'kubectl -n confeitaria'
const DATABASES = `${KUBECTL} get pods -l cnpg.io/podRole=instance -L cnpg.io/instanceRole`
/** How many pods the cart grows to. */
export const CARTS = 3
/** How long the shop may take for what has to happen, s. */
const PATIENCE = 60

async function addFirstSweet(page: Page, category: number) {
  await page.goto(`/categoria/${category}`)
  await page.locator('.card:has(button) h2 a').first().click()
  await page.locator('.buy .button').click()
  await page.getByText('foi para o carrinho').waitFor()
}

const confirmed = (page: Page) =>
  page
    .getByRole('heading', { level: 1, name: 'Pedido confirmado!' })
    .waitFor({ timeout: PATIENCE * 1000 })
    .catch(() => {
      throw new Broken(`the order in the browser was not confirmed within ${PATIENCE} s`)
    })

export const SCENES: Scene[] = [
  {
    title: { pt: 'A loja inteira', en: 'The whole shop' },
    steps: [
      {
        says: {
          pt: 'Uma confeitaria em um cluster Kubernetes: quatro serviços, cada um em mais de um pod.',
          en: 'A confectionery on a Kubernetes cluster: four services, each in more than one pod.',
        },
        command: `${KUBECTL} get deployments`,
      },
      {
        says: {
          pt: 'Os pedidos ficam em três servidores PostgreSQL: um primário e duas réplicas. Só é confirmado o que está em dois deles.',
          en: 'Orders are on three PostgreSQL servers: a primary and two replicas. Only what two of them have is confirmed.',
        },
        command: DATABASES,
        async holds() {
          const { status } = await get('cluster', 'confeitaria-db')
          if (status.readyInstances !== 3)
            throw new Broken(`${status.readyInstances} of 3 databases are ready: see make status, then make up`)
        },
      },
    ],
  },
  {
    title: { pt: 'Uma cliente compra', en: 'A shopper shops' },
    steps: [
      {
        says: {
          pt: 'Ana escolhe um doce. Cada resposta diz de que pod e de que servidor do banco veio; para Ana, é uma loja só.',
          en: 'Ana picks a sweet. Every answer says which pod and which database server it is from; to Ana, it is one shop.',
        },
        browse: ({ page }) => addFirstSweet(page, 1),
        command: ({ url }) => `curl -s -o /dev/null -D - ${url}/api/catalogo/produtos/1 | grep -iE '^x-(served-by|database)'`,
      },
      {
        says: {
          pt: 'Ela preenche o pedido, mas ainda não o confirma: antes, alguma coisa vai dar errado.',
          en: 'She fills in the order but does not confirm it yet: first, something will go wrong.',
        },
        async browse({ page }) {
          await page.goto('/carrinho')
          await page.getByRole('link', { name: 'Finalizar o pedido' }).click()
          await page.fill('#nome', 'Ana Souza')
          await page.fill('#email', 'ana@example.com')
        },
      },
      {
        says: {
          pt: 'Robôs também compram sem parar, pela mesma porta, e contam cada resposta.',
          en: 'Robots shop too, without a pause, through the same door, and count every answer.',
        },
        async browse({ crowd }) {
          crowd.start()
          await crowd.watch(until('ten orders of the robots', async () => crowd.orders.length >= 10, PATIENCE))
        },
      },
    ],
  },
  {
    title: { pt: 'O primário morre', en: 'The primary dies' },
    steps: [
      {
        says: {
          pt: 'O servidor primário é apagado à força. No mesmo instante, Ana confirma o pedido.',
          en: 'The primary server is deleted by force. At that very moment, Ana confirms her order.',
        },
        command: ({ primary }) => `${KUBECTL} delete pod ${primary} --force --grace-period=0`,
        async browse({ page, crowd }) {
          await page.locator('main form .button').click()
          await crowd.watch(confirmed(page))
        },
      },
      {
        says: {
          pt: 'O pedido foi confirmado, uma vez só. A loja não fechou: Ana continua a comprar, e os robôs também.',
          en: 'The order is confirmed, just once. The shop never closed: Ana goes on shopping, and so do the robots.',
        },
        async browse({ page, crowd }) {
          const before = crowd.orders.length
          await addFirstSweet(page, 2)
          await crowd.watch(until('ten more orders of the robots', async () => crowd.orders.length >= before + 10, PATIENCE))
        },
        holds: ({ crowd }) => crowd.everyReadAnswered(),
      },
      {
        says: {
          pt: 'Uma réplica foi promovida e é o novo primário. O servidor apagado está voltando.',
          en: 'A replica was promoted and is the new primary. The deleted server is on its way back.',
        },
        command: DATABASES,
        async holds({ primary }) {
          if ((await primaryOfDatabase()) === primary) throw new Broken(`${primary} is still the primary: nothing was shown`)
        },
      },
    ],
  },
  {
    title: { pt: 'O carrinho cresce', en: 'The cart grows' },
    steps: [
      {
        says: {
          pt: `A loja enche: o carrinho passa a ter ${CARTS} pods, com os clientes dentro.`,
          en: `The shop fills up: the cart goes to ${CARTS} pods, with the shoppers inside.`,
        },
        command: `${KUBECTL} scale deployment/confeitaria-cart --replicas=${CARTS} && ${KUBECTL} rollout status deployment/confeitaria-cart --timeout=180s`,
        holds: ({ crowd }) =>
          until(`${CARTS} pods of the cart answer`, async () => (await crowd.cartPods(4 * CARTS)).size === CARTS, PATIENCE),
      },
      {
        says: {
          pt: 'Trinta sessões novas: o Ingress as divide entre os três.',
          en: 'Thirty new sessions: the Ingress shares them out among the three.',
        },
        command: ({ url }) =>
          `for i in {1..30}; do curl -s -o /dev/null -w '%header{x-served-by}\\n' -X POST ${url}/api/carrinho/sessao; done | sort | uniq -c`,
        browse: ({ page }) => page.goto('/carrinho'),
        async holds({ page, crowd }, output) {
          const pods = output.match(/confeitaria-cart-\S+/g) ?? []
          if (pods.length !== CARTS) throw new Broken(`${pods.length} of ${CARTS} pods of the cart answered`)
          if ((await page.locator('[data-count]').getAttribute('data-count')) !== '1')
            throw new Broken('the cart in the browser lost its sweet')
          crowd.noneRefused()
        },
      },
    ],
  },
  {
    title: { pt: 'O balanço', en: 'The balance' },
    steps: [
      {
        says: {
          pt: 'Os robôs param, e perguntamos de novo à loja por cada pedido que ela confirmou.',
          en: 'The robots stop, and the shop is asked again for every order that it confirmed.',
        },
        async browse({ page, crowd }) {
          await page.goto('/pedidos')
          await crowd.stop()
          await crowd.report()
        },
        async holds({ page, crowd }) {
          const orders = await page.locator('.orders li').count()
          if (orders !== 1) throw new Broken(`the browser's one order is there ${orders} times`)
          crowd.nothingLost()
        },
      },
      {
        says: {
          pt: 'O novo primário diz o mesmo: tantos pedidos quantos foram confirmados. Nenhum a menos, nenhum a mais.',
          en: 'The new primary says the same: as many orders as were confirmed. Not one less, not one more.',
        },
        command: async ({ crowd }) =>
          `${KUBECTL} exec ${await primaryOfDatabase()} -c postgres -- psql -d confeitaria -c "SELECT count(*) AS pedidos FROM pedidos.item WHERE produto_id = ${crowd.product}"`,
        holds({ crowd }, output) {
          const count = Number(/^ +(\d+)$/m.exec(output)?.[1])
          if (count !== crowd.orders.length) throw new Broken(`the database has ${count} orders, ${crowd.orders.length} were confirmed`)
        },
      },
      {
        says: {
          pt: 'E o servidor que foi apagado já segue o novo primário, como réplica.',
          en: 'And the server that was deleted already follows the new primary, as a replica.',
        },
        command: `${KUBECTL} wait cluster/confeitaria-db --for=jsonpath='{.status.readyInstances}'=3 --timeout=300s && ${DATABASES}`,
      },
      {
        says: {
          pt: 'O carrinho volta ao tamanho que tinha. Para repetir: make up e make demo; para medir, rodada após rodada: make lab.',
          en: 'The cart goes back to its size. To do it again: make up and make demo; to measure it, round after round: make lab.',
        },
        command: ({ carts }) => `${KUBECTL} scale deployment/confeitaria-cart --replicas=${carts}`,
      },
    ],
  },
]
