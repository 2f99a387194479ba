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
export const checkIcon = icon(20, '<path d="m4.5 12.5 5 5 10-11"/>')
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
