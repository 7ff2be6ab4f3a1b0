import { Problem } from '@confeitaria/platform/problem'
import { answers, Closed, Data, IdText, INT4_MAX, idOf } from '@confeitaria/platform/schema'
import type { Service } from '@confeitaria/platform/service'
import type { FastifyRequest } from 'fastify'
import type { Counter } from 'prom-client'
import { Type } from 'typebox'
import { Cart, type carts } from './carts.ts'
import type { products } from './products.ts'
import { MAX_LINES, MAX_QUANTITY } from './scripts.ts'

const Session = Type.String({ description: 'o session_id de POST /api/carrinho/sessao' })
const SessionParams = Closed({ sid: Session })
const LineParams = Closed({ sid: Session, produto_id: IdText() })
const Quantity = Type.Integer({ minimum: 1, maximum: MAX_QUANTITY })
const ProductId = Type.Integer({ minimum: 1, examples: [1] })

const UNKNOWN_OUTCOME =
  'Depois de um 503 do tipo `resultado-desconhecido` o carrinho pode ter mudado ou não: leia-o antes de repetir. Qualquer outro 503 não mudou nada.'

interface CartRoutes {
  repository: ReturnType<typeof carts>
  product: ReturnType<typeof products>
  operations: Counter<'operation' | 'outcome'>
}

export function cartRoutes({ repository, product, operations }: CartRoutes) {
  /** The product that the catalog has under this id; ids that no product can have are not asked for. */
  const productOf = (text: string | number, request: FastifyRequest) => product(idOf(String(text), 'O produto'), request)

  return async (app: Service) => {
    const count = (request: FastifyRequest, outcome: string) => {
      const { operation } = request.routeOptions.config
      if (operation) operations.inc({ operation, outcome })
    }
    app.addHook('onResponse', (request, reply, done) => {
      if (reply.statusCode < 400) count(request, 'ok')
      done()
    })
    app.addHook('onError', (request, _reply, error, done) => {
      count(request, error instanceof Problem ? error.type : 'outro')
      done()
    })
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store')
      done()
    })

    app.post(
      '/sessao',
      {
        config: { operation: 'create' },
        schema: {
          tags: ['carrinho'],
          summary: 'Cria um carrinho vazio; o session_id é um segredo do cliente',
          response: answers({ 201: Data(Closed({ session_id: Type.String() })) }, 413, 415),
        },
      },
      async (_request, reply) => reply.code(201).send({ data: { session_id: await repository.create() } }),
    )
    app.get(
      '/:sid',
      {
        config: { operation: 'read' },
        schema: {
          tags: ['carrinho'],
          summary: 'O carrinho',
          params: SessionParams,
          response: answers({ 200: Data(Cart) }, 404),
        },
      },
      async request => ({ data: await repository.read(request.params.sid) }),
    )
    app.delete(
      '/:sid',
      {
        config: { operation: 'empty' },
        schema: {
          tags: ['carrinho'],
          summary: 'Esvazia o carrinho; a sessão continua',
          description: 'Pode ser repetido sem perigo.',
          params: SessionParams,
          response: answers({ 204: Type.Null({ description: 'Vazio' }) }, 404, 413, 415),
        },
      },
      async (request, reply) => {
        await repository.empty(request.params.sid)
        return reply.code(204).send(null)
      },
    )
    app.post(
      '/:sid/adicionar',
      {
        config: { operation: 'add' },
        schema: {
          tags: ['carrinho'],
          summary: 'Adiciona unidades de um produto',
          description: `Soma ao que a linha já tem, até ${MAX_QUANTITY} por produto e ${MAX_LINES} produtos. ${UNKNOWN_OUTCOME}
O 409 é \`estoque-insuficiente\`, \`limite-por-produto\` ou \`limite-do-carrinho\`; os dois primeiros dizem \`disponivel\` (o estoque) e \`no_carrinho\`.`,
          params: SessionParams,
          body: Closed({ produto_id: ProductId, quantidade: Quantity }),
          response: answers({ 200: Data(Cart) }, 404, 409, 413, 415),
        },
      },
      async request => {
        const { produto_id, quantidade } = request.body
        return { data: await repository.add(request.params.sid, await productOf(produto_id, request), quantidade) }
      },
    )
    app.put(
      '/:sid/itens/:produto_id',
      {
        config: { operation: 'set' },
        schema: {
          tags: ['carrinho'],
          summary: 'Muda a quantidade de uma linha que o carrinho tem',
          description: `Pode ser repetido sem perigo. ${UNKNOWN_OUTCOME}`,
          params: LineParams,
          body: Closed({ quantidade: Quantity }),
          response: answers({ 200: Data(Cart) }, 404, 409, 413, 415),
        },
      },
      async request => {
        const { sid, produto_id } = request.params
        return { data: await repository.set(sid, await productOf(produto_id, request), request.body.quantidade) }
      },
    )
    app.delete(
      '/:sid/itens/:produto_id',
      {
        config: { operation: 'remove' },
        schema: {
          tags: ['carrinho'],
          summary: 'Remove uma linha',
          description: UNKNOWN_OUTCOME,
          params: LineParams,
          response: answers({ 200: Data(Cart) }, 404, 413, 415),
        },
      },
      async request => ({ data: await repository.remove(request.params.sid, idOf(request.params.produto_id, 'O produto')) }),
    )
    app.post(
      '/:sid/comprado',
      {
        config: { operation: 'bought' },
        schema: {
          tags: ['interno'],
          summary: 'Tira do carrinho o que um pedido comprou',
          description: `O que entrou no carrinho depois fica. Repetido com o mesmo pedido_id não tira nada de novo. ${UNKNOWN_OUTCOME}`,
          params: SessionParams,
          body: Closed({
            pedido_id: Type.Integer({ minimum: 1, maximum: INT4_MAX, examples: [1] }),
            itens: Type.Array(Closed({ produto_id: ProductId, quantidade: Quantity }), { minItems: 1, maxItems: MAX_LINES }),
          }),
          response: answers({ 200: Data(Cart) }, 404, 413, 415),
        },
      },
      async request => ({ data: await repository.takeOut(request.params.sid, request.body.pedido_id, request.body.itens) }),
    )
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the operation is called in the metrics. */
    operation?: string
  }
}
