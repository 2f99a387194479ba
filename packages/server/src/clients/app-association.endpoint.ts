import type { Context } from '#context.ts'
import { endpoint } from '#http/endpoint.ts'
import { json } from '#http/reply.ts'
import type { Client } from './client.ts'

type Apps = readonly NonNullable<Client['mobile']>[]

/** Static JSON, made from validated settings only (SEC-039). */
const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }

const association = (path: string, summary: string, describe: (apps: Apps) => unknown) => {
  // One document for as long as no client changes.
  const documents = new WeakMap<Apps, Buffer>()
  return endpoint({
    methods: ['GET'],
    path,
    summary,
    errors: 'json',
    cors: 'any',
    async handle(_request, ctx: Context) {
      const apps = await ctx.store.clients.listApps()
      // As bytes, because to a text the framework would add a charset, and Google’s checker wants the type alone.
      const body = documents.get(apps) ?? Buffer.from(JSON.stringify(describe(apps)))
      documents.set(apps, body)
      return { ...json('', { headers }), body }
    },
  })
}

/** iOS: which apps may claim our `/ios/{bundle}/…` links and use our passkeys and passwords (RFC 8252 §7.2). */
function apple(all: Apps) {
  const apps = all.flatMap(({ ios }) => ios ?? [])
  const id = (app: { teamId: string; appBundleIdentifier: string }) => `${app.teamId}.${app.appBundleIdentifier}`
  return {
    applinks: {
      apps: [],
      details: apps.map((app) => ({ appID: id(app), paths: [`/ios/${app.appBundleIdentifier}/*`] })),
    },
    webcredentials: { apps: apps.map(id) },
  }
}

/** Android: the same in its words. */
const android = (all: Apps) =>
  all
    .flatMap(({ android }) => android ?? [])
    .map((app) => ({
      relation: ['delegate_permission/common.handle_all_urls', 'delegate_permission/common.get_login_creds'],
      target: {
        namespace: 'android_app',
        package_name: app.appPackageName,
        sha256_cert_fingerprints: app.sha256CertFingerprints,
      },
    }))

export const appAssociationEndpoints = [
  association('/.well-known/apple-app-site-association', 'App links of iOS apps', apple),
  association('/apple-app-site-association', 'App links of iOS apps, where older systems look', apple),
  association('/.well-known/assetlinks.json', 'App links of Android apps', android),
]
