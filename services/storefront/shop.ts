/** What the three APIs answer, as far as the pages use it. Amounts are reais. */

export interface Product {
  id: number
  nome: string
  descricao: string
  preco: number
  estoque: number
  categoria_id: number
  categoria: string
  imagem: string | null
}

export interface Category {
  id: number
  nome: string
}

export interface Line {
  produto_id: number
  nome: string
  preco: number
  quantidade: number
  subtotal: number
}

export interface Cart {
  session_id: string
  itens: Line[]
  quantidade_total: number
  total: number
}

export interface Order {
  id: number | string
  status: string
  itens: Line[]
  total: number
  criado_em: string
}

export interface Data<T> {
  data: T
}

export interface List<T> extends Data<T[]> {
  paginacao: { proximo: string | null }
}

export interface ProblemBody {
  type: string
  detail?: string
  erros?: { campo: string; mensagem: string }[]
  /** Of `preco-mudou`: the lines at the prices of that moment. */
  itens?: Line[]
  /** Of `estoque-insuficiente`: what is short. */
  produtos?: { produto_id: number; disponivel: number }[]
}

export const ORDERS = ['nome', 'preco', '-preco', 'recentes'] as const
export type Ordering = (typeof ORDERS)[number]
