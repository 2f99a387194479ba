import { endpoint } from '#http/endpoint.ts'
import { html } from '#http/reply.ts'
import { surroundings } from '#http/surroundings.ts'
import { mobilePage } from '#pages/mobile-page.ts'

const landing = (path: string) =>
  endpoint({
    methods: ['GET'],
    path,
    summary:
      'Tells the user to return to the app, which reads the code from the address; the page itself never touches it',
    errors: 'page',
    cors: 'none',
    handle: (http, ctx) => html(mobilePage({ failed: http.query.values.has('error') }, surroundings(http, ctx))),
  })

/** Callbacks on our own host: Auth0's `/mobile`, and app links that the system did not open in the app. */
export const mobileEndpoints = [
  landing('/mobile'),
  landing('/ios/:bundle/callback'),
  landing('/macos/:bundle/callback'),
  landing('/android/:package/callback'),
]
