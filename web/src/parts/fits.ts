// A table wider than its page scrolls in a frame of its own, which keyboards reach, too; one that fits has none,
// so that its head stays in sight while the page scrolls.  The preview of an import (.cells) scrolls its own rows.
function measure(page: HTMLElement): void {
  for (const frame of page.querySelectorAll<HTMLElement>('.table:not(.cells)')) {
    const table = frame.querySelector('table')
    const fits = !table || table.offsetWidth <= frame.clientWidth
    frame.classList.toggle('fits', fits)
    if (fits) frame.removeAttribute('tabindex')
    else frame.tabIndex = 0
  }
}

/** Measures all tables of the page whenever it changes; gives what ends it. */
export function watchTables(page: HTMLElement): () => void {
  let waiting = 0
  const soon = (): void => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0
      measure(page)
    })
  }
  const changes = new MutationObserver(soon)
  changes.observe(page, { childList: true, subtree: true })
  const sizes = new ResizeObserver(soon)
  sizes.observe(page)
  return () => {
    changes.disconnect()
    sizes.disconnect()
    cancelAnimationFrame(waiting)
  }
}
