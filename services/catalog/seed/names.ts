/**
 * Products for benchmarks, as many as wanted: real-sounding names and descriptions over a vocabulary of some thousands of
 * words, so that an index and a search find in them what they would find in a shop. Importing this has no side effects.
 */

export interface GeneratedProduct {
  nome: string
  descricao: string
  /** Reais, at most two decimals. */
  preco: number
  estoque: number
  /** The name of one of the categories in `catalogo.json`. */
  categoria: string
}

/** The most that one run may ask for. */
export const MAX_GENERATED = 1_000_000

type Gender = 'm' | 'f'
const words = (text: string) => [...new Set(text.trim().split(/\s+/))]
const phrases = (text: string) => text.split(',').map(phrase => phrase.trim().replace(/\s+/g, ' '))

/** What it is, by category: the gender, the lowest and highest price in cents, the forms. */
const forms = (
  [
    ['Brigadeiros', 'm', 350, 1490, 'Brigadeiro, Brigadeirão, Docinho, Brigadeiro gourmet, Copinho'],
    ['Bolos', 'm', 3900, 18990, 'Bolo, Rocambole, Naked cake, Bolo gelado, Bolo de pote, Cupcake'],
    ['Bolos', 'f', 3900, 9900, 'Broa, Nega maluca, Fatia, Bandeja'],
    ['Tortas', 'f', 4900, 12990, 'Torta, Tortinha, Torta gelada, Tartelete, Galette, Empadinha doce'],
    ['Tortas', 'm', 5900, 12990, 'Cheesecake, Crumble, Clafoutis'],
    ['Doces de festa', 'm', 350, 990, 'Beijinho, Camafeu, Casadinho, Bem-casado, Caramelado, Doce fino'],
    ['Doces de festa', 'f', 350, 990, 'Bala baiana, Surpresa, Trouxinha, Bala delícia'],
    ['Doces regionais', 'm', 500, 3490, 'Doce, Pé de moça, Alfenim, Quebra-queixo, Furrundu, Doce cristalizado'],
    ['Doces regionais', 'f', 500, 3490, 'Cocada, Geleia, Compota, Paçoca, Rapadura, Cajuada, Bananada'],
    ['Pães doces e folhados', 'm', 690, 3900, 'Pão doce, Sonho, Croissant, Folhado, Caracol, Pãozinho, Strudel'],
    ['Pães doces e folhados', 'f', 690, 3900, 'Rosca, Cuca, Trança, Brioche recheada, Rabanada'],
    ['Sobremesas geladas', 'm', 790, 5900, 'Pudim, Pavê, Sorvete, Picolé, Manjar, Semifrio, Flã, Gelado'],
    ['Sobremesas geladas', 'f', 790, 5900, 'Mousse, Gelatina, Taça, Panacota, Raspadinha'],
    ['Chocolates e bombons', 'm', 450, 6990, 'Bombom, Alfajor, Ovo, Tablete, Pirulito, Pralinê'],
    ['Chocolates e bombons', 'f', 450, 6990, 'Trufa, Barra, Barrinha, Drágea, Lasca'],
    ['Biscoitos', 'm', 690, 2490, 'Biscoito, Cookie, Sequilho, Amanteigado, Suspiro, Biscoitinho'],
    ['Biscoitos', 'f', 690, 2490, 'Bolacha, Rosquinha, Bolachinha, Broinha, Língua'],
    ['Sem açúcar e veganos', 'm', 590, 8900, 'Brownie vegano, Docinho vegano, Muffin vegano, Bolinho vegano'],
    ['Sem açúcar e veganos', 'f', 590, 8900, 'Barrinha vegana, Bolinha vegana, Tortinha vegana, Cocadinha vegana'],
  ] satisfies [string, Gender, number, number, string][]
).flatMap(([category, gender, lowest, highest, list]) => phrases(list).map(form => ({ category, gender, lowest, highest, form })))

/** What it tastes of. */
const ingredients = words(`
  abacate abacaxi abóbora açaí acerola agrião alecrim alfazema ameixa amêndoa amendoim amora anis araçá araticum avelã
  babaçu bacuri banana baru batata-doce baunilha beterraba biribá butiá buriti cacau café cagaita cajá cajamanga caju
  cambuci camomila canela caqui carambola caramelo cardamomo castanha cenoura cereja chocolate coco
  coalhada cravo cumaru cupuaçu damasco erva-doce figo framboesa fubá gabiroba gengibre gergelim goiaba goiabada grapefruit
  graviola groselha grumixama guabiju guaraná hibisco hortelã jabuticaba jaca jambo jatobá jenipapo kiwi laranja lavanda
  lichia lima limão linhaça maçã macadâmia macaúba mamão mandioca manga mangaba mangostim maracujá marmelo marula mascavo
  mel melaço melado melancia melão mexerica milho mirtilo morango murici nectarina noz-moscada nozes pecã pequi
  pera pêssego physalis pimenta-rosa pinhão pistache pitanga pitaia pitomba pólen priprioca queijo quinoa rapadura requeijão
  ricota romã rosa-mosqueta sapoti sapucaia seriguela tâmara tamarindo tangerina taperebá tapioca tucumã umbu uva uvaia
  vinho violeta xarope`)

/** How it is: for masculine and feminine nouns alike or in both forms, as `caseiro/a`. */
const qualities = words(`
  artesanal caseiro/a crocante cremoso/a dourado/a fofinho/a fresco/a gelado/a tradicional rústico/a leve intenso/a delicado/a
  amanteigado/a aerado/a aveludado/a perfumado/a suave quentinho/a caramelizado/a tostado/a assado/a molhadinho/a recheado/a
  especial colonial mineiro/a baiano/a paulista gaúcho/a goiano/a pernambucano/a paraense cearense capixaba catarinense
  sergipano/a maranhense amazonense potiguar carioca nordestino/a sertanejo/a praiano/a serrano/a caipira festivo/a natalino/a
  junino/a dominical imperial real antigo/a moderno/a simples rico/a generoso/a pequenino/a gigante trançado/a enrolado/a
  salgadinho/a azedinho/a docinho/a picante defumado/a maturado/a cristalizado/a glaceado/a granulado/a marmorizado/a`)

const grandmothers = words(`
  Abigail Adelaide Alzira Amália Anália Antônia Aparecida Araci Aurora Balbina Beatriz Benedita Benvinda Berenice Branca Cacilda
  Carlota Carmela Carmem Catarina Cecília Celeste Cidinha Clarice Clementina Clotilde Conceição Cora Dalva Deolinda Diva Djanira
  Dolores Domingas Dora Doralice Dulce Edite Efigênia Elvira Emília Ermelinda Esmeralda Esperança Ester Etelvina Eulália Eunice
  Felícia Filomena Firmina Florinda Francisca Gabriela Genoveva Georgina Geralda Germana Gertrudes Glória Graça Guiomar Helena
  Hermínia Hilda Honorina Idalina Inácia Inês Iolanda Iracema Iraci Isaura Isolina Ivone Izabel Jacira Jandira Joana Joaquina
  Josefa Judite Júlia Jurema Laura Laurinda Leocádia Leonor Leopoldina Lídia Lindaura Lourdes Lúcia Lucinda Luzia Madalena
  Malvina Marcelina Margarida Mariana Marieta Marta Matilde Mercedes Miquelina Nair Natália Nazaré Neide Noêmia Norma Odete
  Olga Olímpia Olinda Otília Palmira Perpétua Petronília Quitéria Raimunda Regina Rita Rosália Rosalina Rosaura Rute Sabina
  Salomé Sebastiana Serafina Severina Sofia Sílvia Teodora Teresa Teresinha Umbelina Úrsula Valdete Vicência Virgínia Vitória
  Waldomira Zélia Zenaide Zilda Zita Zulmira`)

/** Halves of place names of Tupi origin, as in Itapeva or Piracicaba; any two make a name that could be on the map. */
const placeBeginnings = words(`
  Ara Aba Anha Apu Bara Bota Butan Caça Cama Capi Cara Cati Cuia Guara Guapi Iba Igara Indaia Ipa Ipira Ita Itaqua Jaca Jagua
  Jandi Jara Juru Mara Maca Mandu Mogi Mira Pacu Para Pari Peru Pinda Pira Poti Quixa Sapo Soro Suru Taba Taman Tiba Tucu
  Ubi Umua Uru Voti`)
const placeEndings = words(`
  bira caba catu cema coara cuna dama dira guaçu guara guari ipe jara juba jubá mirim moré nema nduva nga ngaba nhema peba peva
  pira poca puã puca quara qui rama rana reté rica ripe rité robi roca rosa runa tama tiba tinga tuba tuva una vari vera xima`)
const origins = [
  ...grandmothers.map(name => `da Vó ${name}`),
  // A set, as two pairs of halves may make the same place.
  ...new Set(placeBeginnings.flatMap(beginning => placeEndings.map(ending => `de ${beginning}${ending}`))),
]

const textures = words(`
  cremosa crocante macia úmida leve densa fofinha aveludada perfumada delicada intensa suave aerada sedosa equilibrada
  reconfortante generosa marcante caseira dourada brilhante fresca rústica surpreendente inesquecível`)
const meals = words(`
  café lanche almoço jantar aniversário casamento piquenique chá batizado domingo feriado recreio noivado Natal churrasco inverno
  verão outono sarau encontro`)
const makers = words(`
  confeiteira doceira cozinheira avó tia madrinha família quituteira padeira boleira chocolateira produtora`)
const methods = words(`
  assada batida cozida montada preparada enrolada modelada mexida decorada finalizada embalada recheada trabalhada`)
const vessels = words(`
  tacho forno tabuleiro panela assadeira pilão fogão caldeirão caçarola tigela travessa gamela forma`)

const feminineVessels = new Set(words('panela assadeira caçarola tigela travessa gamela forma'))

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
function numbersOf(seed: number) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const inGender = (quality: string, gender: Gender) => {
  const [stem = quality, feminine] = quality.split('/')
  return feminine && gender === 'f' ? stem.slice(0, -1) + feminine : stem
}

/** How many different names there are: one for each form, ingredient, quality and origin. */
const NAMES = forms.length * ingredients.length * qualities.length * origins.length

const commonDivisor = (a: number, b: number): number => (b ? commonDivisor(b, a % b) : a)

/**
 * `count` products, the same ones for the same seed, no name twice. One by one, so that a million need no memory.
 * @param count whole, from 0 to {@link MAX_GENERATED}
 * @param seed whole
 * @throws RangeError before the first product when one of them is not
 */
export function generateProducts(count: number, seed = 1): Generator<GeneratedProduct, void, undefined> {
  if (!Number.isSafeInteger(count) || count < 0 || count > MAX_GENERATED) {
    throw new RangeError(`Ask for a whole number of products from 0 to ${MAX_GENERATED}, not ${count}.`)
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`Give a whole number as seed, not ${seed}.`)
  return products(count, seed)
}

function* products(count: number, seed: number): Generator<GeneratedProduct, void, undefined> {
  const next = numbersOf(seed)
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = (list: readonly string[]) => list[below(list.length)]!
  // Steps with no divisor in common with the number of names pass through all of them before one comes again.
  let position = below(NAMES)
  let step = Math.floor(NAMES * (0.55 + next() * 0.2))
  while (commonDivisor(step, NAMES) !== 1) step++

  for (let made = 0; made < count; made++) {
    position = (position + step) % NAMES
    let rest = position
    const digit = <T>(list: readonly T[]): T => {
      const value = list[rest % list.length]!
      rest = Math.floor(rest / list.length)
      return value
    }
    const { category, gender, lowest, highest, form } = digit(forms)
    const ingredient = digit(ingredients)
    const quality = digit(qualities)
    const origin = digit(origins)

    // In steps of ten cents, most of them in the lower half of the range.
    const cents = lowest + Math.round(((highest - lowest) * next() * next()) / 10) * 10
    yield {
      nome: `${form} ${inGender(quality, gender)} de ${ingredient} ${origin}`.normalize('NFC'),
      descricao: description(pick, below, ingredient).normalize('NFC'),
      preco: cents / 100,
      estoque: below(12) ? 5 + below(196) : below(5),
      categoria: category,
    }
  }
}

/** A sentence of 8 to 14 words. */
function description(pick: (list: readonly string[]) => string, below: (limit: number) => number, ingredient: string): string {
  const vessel = pick(vessels)
  const inVessel = `${feminineVessels.has(vessel) ? 'na' : 'no'} ${vessel}`
  const maker = pick(makers)
  switch (below(6)) {
    case 0:
      return `Receita ${pick(textures)} de ${ingredient} com ${pick(ingredients)} e ${pick(ingredients)}, ${pick(methods)} ${inVessel}.`
    case 1:
      return `Massa ${pick(textures)} e ${pick(textures)}, ${pick(methods)} ${inVessel} pela ${maker}, com toque de ${pick(ingredients)}.`
    case 2:
      return `Combinação ${pick(textures)} de ${ingredient}, ${pick(ingredients)} e ${pick(ingredients)} para o ${pick(meals)} ou ${pick(meals)}.`
    case 3:
      return `Textura ${pick(textures)}, cobertura de ${pick(ingredients)} e recheio de ${ingredient}: delícia ${pick(textures)} da ${maker}.`
    case 4:
      return `Iguaria ${pick(textures)} ${pick(methods)} ${inVessel}, perfumada com ${pick(ingredients)} e ${pick(ingredients)}, boa no ${pick(meals)}.`
    default:
      return `Da ${maker}: porção ${pick(textures)} de ${ingredient}, ${pick(methods)} com ${pick(ingredients)} e servida no ${pick(meals)}.`
  }
}
