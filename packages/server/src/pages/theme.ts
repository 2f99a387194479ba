import { type InlineStyle, inlineStyle } from './inline.ts'

export type Rgb = readonly [red: number, green: number, blue: number]

/** Keywright's own, for tenants that chose none. */
const ownPrimary: Rgb = [0x2b, 0x57, 0xd6]
const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

/** Where text and controls stand; fixed, so that every brand colour can be measured against them. */
export const surfaces = { light: white, dark: [0x17, 0x19, 0x1f] as Rgb }
const pages = { light: [0xf1, 0xf3, 0xf7] as Rgb, dark: [0x0c, 0x0d, 0x11] as Rgb }

export interface Palette {
  /** The brand's colour, as it is. */
  primary: Rgb
  onPrimary: Rgb
  /** The words on the primary button: as `onPrimary`, or as the tenant wants them. */
  label: Rgb
  /** Away from the words' colour, so that their contrast only grows. */
  primaryHover: Rgb
  /** The primary button's outline: as the brand's colour, unless that would vanish on the surface (WCAG 1.4.11). */
  edge: Rgb
  /** The brand's colour as text, links and focus ring (WCAG 1.4.3). */
  accent: Rgb
  page: Rgb
}

export interface Colors {
  primaryColor?: string
  backgroundColor?: string
  labelColor?: string
}

/** WCAG 1.4.3: enough for words of 14 points in bold type; ordinary ones need `anyText`. */
const largeText = 3
const anyText = 4.5

/** `#rrggbb` and nothing else: whatever else a setting says, it does not reach a stylesheet. */
export function parseColor(color: string | undefined): Rgb | undefined {
  if (color === undefined || !/^#[0-9a-f]{6}$/i.test(color)) return undefined
  const value = Number.parseInt(color.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

export function paletteFor({ primaryColor, backgroundColor, labelColor }: Colors, mode: 'light' | 'dark') {
  const primary = parseColor(primaryColor) ?? ownPrimary
  const surface = surfaces[mode]
  const away = mode === 'light' ? black : white
  const page = parseColor(backgroundColor)
  const pageFits = page !== undefined && (mode === 'light' || luminance(page) < 0.1)
  const onPrimary = contrast(primary, white) >= anyText ? white : black
  const wanted = parseColor(labelColor)
  const label = wanted && contrast(wanted, primary) >= largeText ? wanted : onPrimary
  return {
    primary,
    onPrimary,
    label,
    primaryHover: mix(primary, luminance(label) > luminance(primary) ? black : white, 0.12),
    edge: untilContrast(primary, surface, 3, away),
    accent: untilContrast(primary, surface, mode === 'light' ? 5 : 6.5, away),
    page: pageFits ? page : pages[mode],
  } satisfies Palette
}

/** WCAG 2.2, relative luminance. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const c = channel / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.2, contrast ratio: 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [lighter, darker] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

function untilContrast(color: Rgb, against: Rgb, ratio: number, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = mix(color, towards, share)
    if (contrast(mixed, against) >= ratio) return mixed
  }
  return towards
}

const mix = (color: Rgb, towards: Rgb, share: number): Rgb =>
  color.map((channel, i) => Math.round(channel + ((towards[i] ?? 0) - channel) * share)) as unknown as Rgb

export const toHex = (color: Rgb): string => `#${color.map((c) => c.toString(16).padStart(2, '0')).join('')}`

const declarations = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, color]) => `--${name.replace(/[A-Z]/, '-$&').toLowerCase()}:${toHex(color)}`)
    .join(';')

/** Words that only large type makes legible are large, in both modes. */
const labelType = ({ label, primary }: Palette): string =>
  contrast(label, primary) < anyText ? ';--label-type:700 1.1875rem' : ''

const cache = new Map<string, InlineStyle>()

/** The tenant's colours as a style element and its hash; computed once per set of colours. */
export function themeFor(colors: Colors): InlineStyle {
  const { primaryColor, backgroundColor, labelColor } = colors
  const key = [primaryColor, backgroundColor, labelColor].map((color) => color?.slice(0, 8)).join(' ')
  const known = cache.get(key)
  if (known) return known
  const light = paletteFor(colors, 'light')
  const dark = declarations(paletteFor(colors, 'dark'))
  const style = inlineStyle(
    `:root{${declarations(light)}${labelType(light)}}@media(prefers-color-scheme:dark){:root{${dark}}}`,
  )
  if (cache.size >= 1000) cache.clear() // tenants are many, pages are drawn again in microseconds
  cache.set(key, style)
  return style
}
