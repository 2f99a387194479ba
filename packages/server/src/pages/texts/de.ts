import { html } from '../html.ts'
import type { Texts } from './en.ts'

export const de: Texts = {
  signIn: {
    title: 'Anmelden',
    toContinueTo: (app) => html`um fortzufahren mit ${app}`,
    username: 'E-Mail oder Benutzername',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    showPassword: 'Passwort anzeigen',
    submit: 'Anmelden',
    or: 'oder',
    continueWith: (provider) => html`Weiter mit ${provider}`,
    cancel: 'Abbrechen',
    errorTitle: 'Fehler',
    errors: {
      'wrong-credentials': 'E-Mail, Benutzername oder Passwort stimmt nicht. Bitte prüfen Sie Ihre Eingabe.',
      'missing-fields': 'Bitte geben Sie E-Mail oder Benutzername und Ihr Passwort ein.',
      'too-many-attempts': 'Zu viele Versuche. Bitte warten Sie einige Minuten und versuchen Sie es erneut.',
      'work-needed':
        'Es gab viele falsche Passwörter. Um das Raten zu erschweren, muss Ihr Browser einige Sekunden rechnen. Bitte geben Sie Ihr Passwort noch einmal ein.',
      blocked: 'Dieses Konto ist gesperrt. Bitte wenden Sie sich an den Support.',
      overloaded: 'Gerade melden sich sehr viele Menschen an. Bitte versuchen Sie es gleich noch einmal.',
      expired: 'Es hat zu lange gedauert, darum beginnen wir neu. Bitte melden Sie sich erneut an.',
      'account-not-enabled':
        'Sie sind mit einem Konto angemeldet, das hier nicht gilt. Bitte melden Sie sich mit einem anderen an.',
      'other-account':
        'Die App erwartet ein anderes Konto als das, mit dem Sie angemeldet sind. Bitte melden Sie sich damit an.',
      'connection-failed':
        'Der andere Dienst hat nicht geantwortet. Versuchen Sie es erneut oder melden Sie sich anders an.',
      'connection-denied': 'Sie wurden dort nicht angemeldet. Versuchen Sie es erneut oder melden Sie sich anders an.',
    },
    emailErrors: {
      'wrong-credentials': 'E-Mail oder Passwort stimmt nicht. Bitte prüfen Sie Ihre Eingabe.',
      'missing-fields': 'Bitte geben Sie Ihre E-Mail-Adresse und Ihr Passwort ein.',
    },
    work: {
      without:
        'Ohne JavaScript kann Ihr Browser das nicht. Nehmen Sie einen Browser, in dem Sie sich schon einmal angemeldet haben, oder versuchen Sie es in einer Stunde erneut.',
      underWay: 'Einen Moment, Ihr Browser rechnet noch. Sobald er fertig ist, werden Sie angemeldet.',
    },
  },
  consent: {
    title: 'Zugriff erlauben',
    heading: (app) => html`${app} den Zugriff auf Ihr Konto erlauben?`,
    canDo: 'Wenn Sie zustimmen, kann diese App:',
    aboutYou: 'Über Sie',
    inApi: (api) => html`Bei ${api}`,
    further: 'Weitere Berechtigungen',
    nothingSpecial: 'In Ihrem Namen handeln, ohne weitere Berechtigungen',
    lasting: 'Von nun an',
    looking: 'Ansehen',
    changing: 'Ansehen und ändern',
    mayChange: 'kann etwas ändern',
    allow: 'Erlauben',
    deny: 'Nicht erlauben',
  },
  requester: {
    unverified: 'Nicht geprüfte App',
    verified: 'Geprüfter Anbieter',
    goesTo: (target) => html`Öffnet ${target}`,
    onThisComputer: 'Führt zurück zu einer App auf diesem Computer',
    warning: (app) => html`Wir wissen nicht, wer ${app} anbietet. Fahren Sie nur fort, wenn Sie der App vertrauen.`,
  },
  account: {
    signedInAs: 'Angemeldet als',
    useAnother: 'Anderes Konto verwenden',
  },
  confirmation: {
    title: 'Weiter zur App',
    heading: (app) => html`Weiter zu ${app}?`,
    lead: 'Sie sind bereits angemeldet. Fahren Sie nur fort, wenn Sie gerade selbst aus dieser App kommen.',
    accept: 'Weiter',
    deny: 'Abbrechen',
  },
  chooser: {
    title: 'Konto auswählen',
    toContinueTo: (app) => html`um fortzufahren mit ${app}`,
    continueAs: 'Weiter als',
  },
  welcome: {
    title: 'Willkommen',
    heading: (name) => html`${name} läuft`,
    lead: 'Ein Server für OAuth 2.0 und OpenID Connect zum Entwickeln, auf diesem Computer. Melden Sie sich mit einer seiner Apps an, um zu sehen, wie es geht.',
    tryIt: (name) => html`Mit ${name} ausprobieren`,
    other: 'Mit einer anderen App anmelden',
    next: 'Wie es weitergeht',
    discovery: 'Was dieser Server kann (Discovery-Dokument)',
    none: 'Hier lässt sich noch keine App ausprobieren: Tragen Sie eine mit Callback in die Tenant-Datei ein.',
  },
  loggedOut: {
    title: 'Sie sind abgemeldet',
    lead: 'Sie können dieses Fenster jetzt schließen.',
    continueTo: (app) => html`Weiter zu ${app}`,
    goOn: 'Weiter',
  },
  logout: {
    title: 'Abmelden?',
    lead: (tenant) => html`Sie werden bei ${tenant} und allen Apps, die es in diesem Browser nutzen, abgemeldet.`,
    accept: 'Abmelden',
    deny: 'Angemeldet bleiben',
  },
  back: {
    title: 'Zurück zur App',
    heading: 'Sie können jetzt zur App zurückkehren',
    headingTo: (app) => html`Sie können jetzt zu ${app} zurückkehren`,
    lead: 'Sie können dieses Fenster schließen.',
    failedTitle: 'Sie wurden nicht angemeldet',
    failedLead: 'Kehren Sie zur App zurück und versuchen Sie es erneut. Sie können dieses Fenster schließen.',
  },
  completed: {
    title: 'Schon erledigt',
    heading: 'Diese Anmeldung ist schon abgeschlossen',
    lead: 'Kehren Sie zur App zurück. Sie können dieses Fenster schließen.',
    leadTo: (app) => html`Kehren Sie zu ${app} zurück. Sie können dieses Fenster schließen.`,
    goOn: 'Weiter',
  },
  formPost: {
    title: 'Einen Moment',
    lead: 'Wir bringen Sie zurück. Wenn nichts passiert, drücken Sie auf die Schaltfläche.',
    onward: 'Es geht gleich weiter. Wenn nichts passiert, drücken Sie auf die Schaltfläche.',
    submit: 'Weiter',
  },
  embedded: {
    title: 'Bitte im Browser anmelden',
    lead: 'Dieses Fenster gehört einer App, und sie könnte Ihr Passwort hier mitlesen. Zu Ihrem Schutz ist die Anmeldung nur in Ihrem Browser möglich.',
    leadTo: (app) =>
      html`Dieses Fenster gehört ${app}, und die App könnte Ihr Passwort hier mitlesen. Zu Ihrem Schutz ist die Anmeldung nur in Ihrem Browser möglich.`,
    advice: 'Kehren Sie zur App zurück und wählen Sie „Im Browser öffnen“, oder bitten Sie den Anbieter um ein Update.',
  },
  error: {
    reference: 'Referenz',
    tellSupport: 'Nennen Sie diese Referenz, wenn Sie um Hilfe bitten.',
    tryAgain: 'Erneut versuchen',
    forDevelopers: 'Für die Entwicklung',
    requested: 'Angefragt',
    nearest: 'Ähnlichste registrierte Adresse',
    differences: 'Unterschiede',
    problems: {
      general: [
        'Da stimmt etwas nicht',
        'Das hat nicht geklappt. Kehren Sie zur App zurück und versuchen Sie es erneut.',
      ],
      'callback-mismatch': [
        'Diese App ist nicht richtig eingerichtet',
        'Sie wollte Sie an eine Adresse schicken, die sie nicht registriert hat. Darum halten wir hier an. Ihr Konto ist sicher.',
      ],
      'logout-url-mismatch': [
        'Diese App ist nicht richtig eingerichtet',
        'Sie wollte Sie an eine Adresse schicken, die sie nicht registriert hat. Darum halten wir hier an.',
      ],
      'unknown-client': [
        'Wir kennen diese App nicht',
        'Die App, die Sie hierher geschickt hat, ist bei uns nicht registriert.',
      ],
      'invalid-request': [
        'Dieser Link funktioniert nicht',
        'Die App hat uns etwas Unverständliches geschickt. Kehren Sie zu ihr zurück und versuchen Sie es erneut.',
      ],
      expired: [
        'Es hat zu lange gedauert',
        'Zu Ihrem Schutz endet die Anmeldung nach einer Weile. Beginnen Sie in der App von vorn.',
      ],
      'access-denied': ['Sie haben keinen Zugriff', 'Dieses Konto darf diese App nicht benutzen.'],
      'connection-failed': [
        'Der andere Dienst hat nicht geantwortet',
        'Wir konnten Sie dort nicht anmelden. Bitte versuchen Sie es gleich noch einmal.',
      ],
      'too-many-requests': [
        'Bitte warten Sie kurz',
        'Es waren zu viele Anfragen. Versuchen Sie es in einigen Minuten erneut.',
      ],
      overloaded: [
        'Gerade ist viel los',
        'Sehr viele Menschen melden sich an. Bitte versuchen Sie es gleich noch einmal.',
      ],
      'not-found': ['Hier ist nichts', 'Bitte prüfen Sie die Adresse oder kehren Sie zur App zurück.'],
      'server-error': [
        'Etwas ist schiefgegangen',
        'Das liegt an uns, nicht an Ihnen. Bitte versuchen Sie es gleich noch einmal.',
      ],
    },
  },
  help: 'Brauchen Sie Hilfe?',
  scopes: {
    openid: 'Wissen, wer Sie sind',
    profile: 'Ihren Namen und Ihr Bild sehen',
    email: 'Ihre E-Mail-Adresse sehen',
    address: 'Ihre Postanschrift sehen',
    phone: 'Ihre Telefonnummer sehen',
    offline_access: 'Verbunden bleiben, auch wenn Sie sie nicht benutzen',
  },
  actions: {
    read: 'lesen',
    create: 'anlegen',
    write: 'schreiben',
    update: 'ändern',
    delete: 'löschen',
    list: 'auflisten',
    manage: 'verwalten',
  },
}
