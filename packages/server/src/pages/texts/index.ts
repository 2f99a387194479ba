import type { Locale } from '../locale.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en, type Texts } from './en.ts'
import { fr } from './fr.ts'

export type { Texts }

export const texts: Readonly<Record<Locale, Texts>> = { en, de, fr, ar }
