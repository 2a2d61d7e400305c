// What is grave makes itself known: a count in the title, and a sound for whoever wants one.
import { ref } from 'vue'

const KEPT = 'seawall.sound'
export const sound = ref(localStorage.getItem(KEPT) === 'on')
const grave = ref(0)
let plain = ''

export function setSound(on: boolean): void {
  sound.value = on
  localStorage.setItem(KEPT, on ? 'on' : 'off')
  if (on) beep() // a browser lets a page sound only after somebody touched it: this is that touch, and shows how it sounds
}

let context: AudioContext | null = null
export function beep(): void {
  try {
    context ??= new AudioContext()
    const at = context.currentTime
    for (const [i, pitch] of [880, 660].entries()) {
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = pitch
      volume.gain.setValueAtTime(0.15, at + i * 0.2)
      volume.gain.exponentialRampToValueAtTime(0.001, at + i * 0.2 + 0.18)
      tone.connect(volume).connect(context.destination)
      tone.start(at + i * 0.2)
      tone.stop(at + i * 0.2 + 0.2)
    }
  } catch {
    // no sound here: the title says it
  }
}
export function alarm(n = 1): void {
  grave.value += n
  show()
  if (sound.value) beep()
}
export function calm(): void {
  grave.value = 0
  show()
}
function show(): void {
  plain ||= document.title
  document.title = grave.value ? `(${grave.value}) ${plain}` : plain
}
