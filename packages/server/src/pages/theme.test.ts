import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { contrast, paletteFor, parseColor, type Rgb, surfaces, themeFor, toHex } from './theme.ts'

const anyColor = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

for (const mode of ['light', 'dark'] as const)
  test(`every brand colour is legible in the ${mode}`, () => {
    fc.assert(
      fc.property(anyColor, anyColor, (primaryColor, backgroundColor) => {
        const palette = paletteFor({ primaryColor, backgroundColor }, mode)
        const hover = contrast(palette.onPrimary, palette.primaryHover)
        assert.ok(contrast(palette.onPrimary, palette.primary) >= 4.5, 'text on the button')
        assert.ok(hover >= contrast(palette.onPrimary, palette.primary), 'more so under the pointer')
        assert.ok(contrast(palette.edge, surfaces[mode]) >= 3, 'outline of the button')
        assert.ok(contrast(palette.accent, surfaces[mode]) >= 4.5, 'links')
        assert.equal(toHex(palette.primary), primaryColor, 'the brand stays as it is')
      }),
    )
  })

test('grey text stays legible on the glow of any brand colour', () => {
  const glow = (surface: Rgb, color: Rgb) => surface.map((c, i) => c * 0.9 + (color[i] ?? 0) * 0.1) as unknown as Rgb
  const muted = { light: parseColor('#565d6d') as Rgb, dark: parseColor('#a6adbb') as Rgb }
  for (const mode of ['light', 'dark'] as const)
    for (const color of [0, 255].map((c) => [c, c, c] as Rgb))
      assert.ok(contrast(muted[mode], glow(surfaces[mode], color)) >= 4.5)
})

const hostile = [
  'red',
  '#fff',
  '#12345',
  '#1234567',
  '',
  '#12345g',
  '#fff;}</style><script>',
  'url(//evil.example)',
  '#ABCDEF\n',
]
for (const color of hostile)
  test(`SEC-181 ${JSON.stringify(color)} falls back to our own colour`, () => {
    assert.equal(parseColor(color), undefined)
    assert.equal(
      themeFor({ primaryColor: color, backgroundColor: color, labelColor: color }).element.markup,
      themeFor({}).element.markup,
    )
  })

test('takes capital letters, too, and draws each theme once', () => {
  assert.deepEqual(parseColor('#AbCdEf'), [0xab, 0xcd, 0xef])
  assert.equal(
    themeFor({ primaryColor: '#aa0000', backgroundColor: '#ffffff' }),
    themeFor({ primaryColor: '#aa0000', backgroundColor: '#ffffff' }),
  )
  assert.notEqual(
    themeFor({ primaryColor: '#aa0000', backgroundColor: '#ffffff' }).hash,
    themeFor({ primaryColor: '#aa0001', backgroundColor: '#ffffff' }).hash,
  )
})

test('a light background is for the light only', () => {
  assert.deepEqual(paletteFor({ backgroundColor: '#fafafa' }, 'light').page, [0xfa, 0xfa, 0xfa])
  assert.notDeepEqual(paletteFor({ backgroundColor: '#fafafa' }, 'dark').page, [0xfa, 0xfa, 0xfa])
})

test('words on the button are as the tenant wants them, where they can be read', () => {
  const label = (primaryColor: string, labelColor: string) =>
    toHex(paletteFor({ primaryColor, labelColor }, 'light').label)
  assert.equal(label('#00104d', '#ffe9b0'), '#ffe9b0')
  assert.equal(label('#ffffff', '#eeeeee'), '#000000', 'not legible')
  fc.assert(
    fc.property(anyColor, anyColor, (primaryColor, labelColor) => {
      const palette = paletteFor({ primaryColor, labelColor }, 'dark')
      const atRest = contrast(palette.label, palette.primary)
      assert.ok(contrast(palette.label, palette.primaryHover) >= atRest)
      const { markup } = themeFor({ primaryColor, labelColor }).element
      assert.ok(atRest >= (markup.includes('--label-type:700 1.1875rem') ? 3 : 4.5), 'WCAG 1.4.3')
    }),
  )
  assert.match(
    themeFor({ primaryColor: '#eb5424', labelColor: '#ffffff' }).element.markup,
    /--label:#ffffff.*--label-type/,
  )
})
