import { errorPage } from '#pages/error-page.ts'
import { endpoint } from './endpoint.ts'
import { html, text } from './reply.ts'
import { surroundings } from './surroundings.ts'

/** Where there is no door: a page for whoever reads pages, a line for programs. Nothing is logged: strangers try every address. */
export const notFound = endpoint({
  methods: ['GET'],
  path: '*',
  summary: 'What is not there',
  errors: 'page',
  cors: 'none',
  handle: (http, ctx) => html(errorPage({ problem: 'not-found' }, surroundings(http, ctx)), { status: 404 }),
})

export const notFoundLine = () => text('Not found', { status: 404 })

/** Browsers name HTML when they navigate (RFC 9110 §12.5.1); programs take anything. */
export const wantsPage = (accept: string | undefined): boolean => accept?.includes('text/html') === true
