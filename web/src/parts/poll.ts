// Where no event stream reaches (inside WeChat): asks again every half minute while the page is seen.
const EVERY = 30000

export function poll(read: () => void): () => void {
  const look = (): void => {
    if (document.visibilityState === 'visible') read()
  }
  const timer = setInterval(look, EVERY)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}
