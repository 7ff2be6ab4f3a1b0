// Sorts a table by the column whose head was pressed; groups of rows stay together.
const compareText = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare

for (const button of document.querySelectorAll('th button')) {
  button.addEventListener('click', () => {
    const head = button.closest('th')
    const table = head.closest('table')
    const down = head.getAttribute('aria-sort') === 'ascending'
    for (const other of table.tHead.querySelectorAll('[aria-sort]')) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending')

    const parent = table.dataset.groups === undefined ? table.tBodies[0] : table
    const groups = [...(parent === table ? table.tBodies : parent.rows)]
    const keyOf = group => {
      const cell = (group.rows ? group.rows[0] : group).cells[Number(button.dataset.column)]
      return cell.dataset.by ?? cell.textContent.trim()
    }
    const compare = (a, b) => {
      if (a === '' || b === '') return a === b ? 0 : a === '' ? Infinity : -Infinity
      return Number.isNaN(Number(a) + Number(b)) ? compareText(a, b) : a - b
    }
    const keyed = groups.map(group => [keyOf(group), group])
    keyed.sort(([a], [b]) => {
      const order = compare(a, b)
      return down && Number.isFinite(order) ? -order : order
    })
    parent.append(...keyed.map(([, group]) => group))
  })
}
