import { notFound } from '@confeitaria/platform/problem'
import { answers, Closed, Data, IdText, idOf, ProblemSchema } from '@confeitaria/platform/schema'
import type { Service } from '@confeitaria/platform/service'
import { Type } from 'typebox'
import type { checkout } from './checkout.ts'
import { NewOrder, Order, OrderLine, type Orders } from './orders.ts'

const SessionHeader = Type.Object({ 'x-session-id': Type.String({ minLength: 1, description: 'a sessão que fez o pedido' }) })
const CheckoutHeaders = Type.Object({
  'idempotency-key': Type.String({
    pattern: '^[\\x20-\\x7e]{1,128}$',
    description: 'um texto de 1 a 128 caracteres ASCII visíveis ou espaços',
  }),
  'x-session-id': Type.Optional(Type.String({ description: 'quando enviado, tem de ser a session_id do pedido' })),
})
const ListQuery = Closed({
  session_id: Type.String({ minLength: 1 }),
  limite: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$', description: 'um inteiro de 1 a 100', default: '50' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
})

const Page = Type.Object({ data: Type.Array(Order), paginacao: Type.Object({ proximo: Type.Union([Type.String(), Type.Null()]) }) })
/** `estoque-insuficiente` has `produtos`, `preco-mudou` has `total` and `itens`, `em-andamento` has neither. */
const RefusedBody = Type.Object(
  {
    ...ProblemSchema.properties,
    produtos: Type.Optional(
      Type.Array(
        Type.Object({
          produto_id: Type.Integer(),
          nome: Type.Union([Type.String(), Type.Null()]),
          quantidade: Type.Integer(),
          disponivel: Type.Integer(),
        }),
      ),
    ),
    total: Type.Optional(Type.Number()),
    itens: Type.Optional(Type.Array(OrderLine)),
  },
  { additionalProperties: true, title: 'Problem details (RFC 9457)' },
)
const Refused = { description: 'Problema (RFC 9457)', content: { 'application/problem+json': { schema: RefusedBody } } }

export function orderRoutes({ repository, place }: { repository: Orders; place: ReturnType<typeof checkout>['place'] }) {
  return async (app: Service) => {
    app.post(
      '/pedidos',
      {
        schema: {
          tags: ['pedidos'],
          summary: 'Compra o que está no carrinho da sessão, uma só vez por Idempotency-Key',
          description: 'A mesma chave com os mesmos dados nunca compra duas vezes: a primeira resposta se repete.',
          headers: CheckoutHeaders,
          body: NewOrder,
          response: answers({ 201: Data(Order), 409: Refused }, 404, 413, 415, 422),
        },
      },
      async (request, reply) => {
        const { 'idempotency-key': key, 'x-session-id': session = request.body.session_id } = request.headers
        if (session !== request.body.session_id) throw notFound('A sessão')
        const { order, replayed, server } = await place(request.body, key, request)
        if (server) reply.header('x-database', server)
        if (replayed) reply.header('idempotent-replayed', 'true')
        return reply.code(201).header('location', `/api/pedidos/${order.id}`).send({ data: order })
      },
    )
    app.get(
      '/pedidos',
      {
        schema: {
          tags: ['pedidos'],
          summary: 'Os pedidos de uma sessão, o mais novo primeiro',
          headers: SessionHeader,
          querystring: ListQuery,
          response: answers({ 200: Page }, 404),
        },
      },
      async (request, reply) => {
        const { session_id, limite = '50', cursor } = request.query
        if (request.headers['x-session-id'] !== session_id) throw notFound('A sessão')
        const { page, next, isLatest } = await repository.ofSession(session_id, Number(limite), cursor)
        reply.header('cache-control', 'no-store')
        if (!isLatest) reply.header('warning', '110 - "Response is Stale"')
        if (next) reply.header('link', `</api/pedidos?${new URLSearchParams({ session_id, limite, cursor: next })}>; rel="next"`)
        return { data: page, paginacao: { proximo: next } }
      },
    )
    app.get(
      '/pedidos/:id',
      {
        schema: {
          tags: ['pedidos'],
          summary: 'Um pedido, para a sessão que o fez',
          params: Closed({ id: IdText() }),
          headers: SessionHeader,
          response: answers({ 200: Data(Order) }, 404),
        },
      },
      async (request, reply) => {
        const id = idOf(request.params.id, 'O pedido')
        reply.header('cache-control', 'no-store')
        return { data: await repository.byId(request.headers['x-session-id'], id) }
      },
    )
  }
}
