import { type Html, raw } from './html.ts'

const icon = (size: number, paths: string, kind = ''): Html =>
  raw(
    `<svg${kind} width="${size}" height="${size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
      `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${paths}</svg>`,
  )

const triangle = '<path d="M12 3.5 2.5 20h19z"/><path d="M12 10v4.5M12 17.2v.1"/>'
const eyeShape =
  '<path d="M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12z"/><circle cx="12" cy="12" r="2.8"/>'

export const alertIcon = icon(20, '<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5M12 16.2v.1"/>')
export const warningIcon = icon(15, triangle)
export const largeWarningIcon = icon(30, triangle)
export const largeCheckIcon = icon(30, '<path d="m4.5 12.5 5 5 10-11"/>')
export const verifiedIcon = icon(
  15,
  '<path d="M12 2.8 4.5 6v5.5c0 4.6 3.1 8 7.5 9.7 4.4-1.7 7.5-5.1 7.5-9.7V6z"/><path d="m8.8 12 2.3 2.3 4.2-4.6"/>',
)
export const largeBackIcon = icon(30, '<path d="M20 12H4M10.5 5.5 4 12l6.5 6.5"/>', ' class="turn"')
export const largeShieldIcon = icon(30, '<path d="M12 2.8 4.5 6v5.5c0 4.6 3.1 8 7.5 9.7 4.4-1.7 7.5-5.1 7.5-9.7V6z"/>')
export const largeLeaveIcon = icon(30, '<path d="M14 4H6v16h8M10.5 12H21M17 8l4 4-4 4"/>', ' class="turn"')
export const eyeIcon = icon(20, eyeShape, ' class="eye"')
export const eyeOffIcon = icon(20, `${eyeShape}<path d="m4 3.5 16 17"/>`, ' class="eye-off"')

const pencil = '<path d="M4 20l1-4.5L16.2 4.3a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19zM14 6.5 17.5 10"/>'
const person = '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>'

/** One for each kind of scope (`ScopeItem.kind`): a reader tells seeing from changing before reading a word. */
export const scopeIcons = {
  openid: icon(18, person),
  profile: icon(
    18,
    '<rect x="3" y="5" width="18" height="14" rx="2.5"/><circle cx="8.5" cy="11" r="2"/><path d="M5.5 16c.6-1.5 1.7-2 3-2s2.4.5 3 2M14.5 10H18M14.5 14H18"/>',
  ),
  email: icon(18, '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m3.5 7 8.5 6 8.5-6"/>'),
  address: icon(
    18,
    '<path d="M12 21c4.5-4.6 7-7.9 7-11a7 7 0 1 0-14 0c0 3.100 2.5 6.4 7 11z"/><circle cx="12" cy="10" r="2.5"/>',
  ),
  phone: icon(18, '<rect x="7" y="2.5" width="10" height="19" rx="2.5"/><path d="M11 18h2"/>'),
  offline_access: icon(18, '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>'),
  read: icon(18, eyeShape),
  change: icon(18, pencil),
}
