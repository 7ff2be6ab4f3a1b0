/** On which page each anchor of a PDF lies, as Chromium writes them: page objects are numbered in their order, destinations name them. */
export function pagesOf(pdf: Buffer): Map<string, number> {
  const text = pdf.toString('latin1')
  const pages = [...text.matchAll(/(?:^|\n)(\d+) 0 obj\s*<<\s*\/Type \/Page\b(?!s)/g)]
    .map(([, object]) => Number(object))
    .sort((a, b) => a - b)
  const destinations = text.matchAll(/\/([a-z][\w-]*) \[(\d+) 0 R \/XYZ/g)
  return new Map([...destinations].map(([, anchor, object]) => [anchor!, pages.indexOf(Number(object)) + 1]))
}

export const pageCount = (pdf: Buffer): number => [...pdf.toString('latin1').matchAll(/\/Type \/Page\b(?!s)/g)].length
