// Arrows, Page keys and space turn the slides; N shows what the speaker says.
const slides = [...document.querySelectorAll('.slide')]
const current = () => slides.findIndex(slide => slide.getBoundingClientRect().bottom > innerHeight / 2)
const steps = {
  ArrowRight: 1,
  ArrowDown: 1,
  PageDown: 1,
  ' ': 1,
  ArrowLeft: -1,
  ArrowUp: -1,
  PageUp: -1,
  Home: -slides.length,
  End: slides.length,
}

addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey) return
  const at = current()
  if (event.key === 'n' || event.key === 'N') document.documentElement.classList.toggle('notes')
  else if (!(event.key in steps)) return
  event.preventDefault()
  slides[Math.min(Math.max(at + (steps[event.key] ?? 0), 0), slides.length - 1)].scrollIntoView()
})
