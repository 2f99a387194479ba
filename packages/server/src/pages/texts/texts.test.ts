import assert from 'node:assert/strict'
import { test } from 'node:test'
import { raw } from '../html.ts'
import { locales } from '../locale.ts'
import { texts } from './index.ts'

/** Every sentence with the path to it; those that name somebody are asked to name ‹name›. */
function sentences(branch: object, path = ''): [path: string, sentence: string][] {
  return Object.entries(branch).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'string') return [[`${path}${key}`, value]]
    if (typeof value === 'function') return [[`${path}${key}()`, value(raw('‹name›')).markup]]
    return sentences(value, `${path}${key}.`)
  })
}

const english = new Map(sentences(texts.en))

for (const locale of locales)
  test(`${locale} says everything`, () => {
    const ours = new Map(sentences(texts[locale]))
    assert.deepEqual([...ours.keys()], [...english.keys()])
    for (const [path, sentence] of ours) {
      assert.notEqual(sentence.trim(), '', path)
      assert.equal(sentence.includes('‹name›'), path.endsWith('()'), `${path} names whom it is about`)
      if (locale !== 'en') assert.notEqual(sentence, english.get(path), `${path} is translated`)
      if (locale === 'ar') assert.match(sentence, /[\u0600-\u06ff]/, path)
    }
  })
