import { html } from '../html.ts'
import type { Texts } from './en.ts'

export const fr: Texts = {
  signIn: {
    title: 'Se connecter',
    toContinueTo: (app) => html`pour continuer vers ${app}`,
    username: 'E-mail ou nom d’utilisateur',
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    showPassword: 'Afficher le mot de passe',
    submit: 'Se connecter',
    or: 'ou',
    continueWith: (provider) => html`Continuer avec ${provider}`,
    cancel: 'Annuler',
    errorTitle: 'Erreur',
    errors: {
      'wrong-credentials': 'E-mail, nom d’utilisateur ou mot de passe incorrect. Vérifiez votre saisie et réessayez.',
      'missing-fields': 'Saisissez votre e-mail ou nom d’utilisateur, et votre mot de passe.',
      'too-many-attempts': 'Trop de tentatives. Patientez quelques minutes, puis réessayez.',
      'work-needed':
        'Beaucoup de mots de passe incorrects ont été essayés. Pour freiner ceux qui devinent, votre navigateur doit calculer quelques secondes. Saisissez de nouveau votre mot de passe.',
      blocked: 'Ce compte est bloqué. Contactez l’assistance.',
      overloaded: 'Beaucoup de personnes se connectent en ce moment. Réessayez dans un instant.',
      expired: 'L’attente a été trop longue, nous recommençons. Connectez-vous de nouveau.',
      'account-not-enabled':
        'Le compte avec lequel vous êtes connecté ne peut pas servir ici. Connectez-vous avec un autre.',
      'other-account': 'L’application attend un autre compte que le vôtre. Connectez-vous avec ce compte.',
      'connection-failed': 'L’autre service n’a pas répondu. Réessayez ou connectez-vous autrement.',
      'connection-denied': 'Vous n’avez pas été connecté là-bas. Réessayez ou connectez-vous autrement.',
    },
    emailErrors: {
      'wrong-credentials': 'E-mail ou mot de passe incorrect. Vérifiez votre saisie et réessayez.',
      'missing-fields': 'Saisissez votre e-mail et votre mot de passe.',
    },
    work: {
      without:
        'Votre navigateur ne peut pas le faire sans JavaScript. Utilisez un navigateur où vous vous êtes déjà connecté, ou réessayez dans une heure.',
      underWay: 'Un instant, votre navigateur calcule encore. La connexion se fera dès qu’il aura terminé.',
    },
  },
  consent: {
    title: 'Autoriser l’accès',
    heading: (app) => html`Autoriser ${app} à accéder à votre compte ?`,
    canDo: 'Si vous acceptez, cette application peut :',
    aboutYou: 'À propos de vous',
    inApi: (api) => html`Dans ${api}`,
    further: 'Autres autorisations',
    nothingSpecial: 'Agir en votre nom, sans autre autorisation',
    lasting: 'Désormais',
    looking: 'Consulter',
    changing: 'Consulter et modifier',
    mayChange: 'peut modifier',
    allow: 'Autoriser',
    deny: 'Refuser',
  },
  requester: {
    unverified: 'Application non vérifiée',
    verified: 'Éditeur vérifié',
    goesTo: (target) => html`Ouvre ${target}`,
    onThisComputer: 'Retourne à une application sur cet ordinateur',
    warning: (app) => html`Nous ne savons pas qui publie ${app}. Ne continuez que si vous lui faites confiance.`,
  },
  account: {
    signedInAs: 'Connecté en tant que',
    useAnother: 'Utiliser un autre compte',
  },
  confirmation: {
    title: 'Continuer vers l’application',
    heading: (app) => html`Continuer vers ${app} ?`,
    lead: 'Votre session est déjà ouverte. Ne continuez que si vous venez vous-même de cette application.',
    accept: 'Continuer',
    deny: 'Annuler',
  },
  chooser: {
    title: 'Choisir un compte',
    toContinueTo: (app) => html`pour continuer vers ${app}`,
    continueAs: 'Continuer en tant que',
  },
  welcome: {
    title: 'Bienvenue',
    heading: (name) => html`${name} fonctionne`,
    lead: 'Un serveur OAuth 2.0 et OpenID Connect pour le développement, sur cet ordinateur. Connectez-vous avec l’une de ses applications pour voir comment il fonctionne.',
    tryIt: (name) => html`Essayer avec ${name}`,
    other: 'Se connecter avec une autre application',
    next: 'Pour continuer',
    discovery: 'Ce que ce serveur sait faire (document de découverte)',
    none: 'Aucune application ne peut encore être essayée : ajoutez-en une avec un callback au fichier du tenant.',
  },
  loggedOut: {
    title: 'Votre session est fermée',
    lead: 'Vous pouvez maintenant fermer cette fenêtre.',
    continueTo: (app) => html`Continuer vers ${app}`,
    goOn: 'Continuer',
  },
  logout: {
    title: 'Se déconnecter ?',
    lead: (tenant) =>
      html`Votre session sera fermée pour ${tenant} et pour toutes les applications qui l’utilisent dans ce navigateur.`,
    accept: 'Se déconnecter',
    deny: 'Rester connecté',
  },
  back: {
    title: 'Retour à l’application',
    heading: 'Vous pouvez retourner à l’application',
    headingTo: (app) => html`Vous pouvez retourner à ${app}`,
    lead: 'Vous pouvez fermer cette fenêtre.',
    failedTitle: 'La connexion n’a pas abouti',
    failedLead: 'Retournez à l’application pour réessayer. Vous pouvez fermer cette fenêtre.',
  },
  completed: {
    title: 'Déjà terminé',
    heading: 'Cette connexion est déjà terminée',
    lead: 'Retournez à l’application. Vous pouvez fermer cette fenêtre.',
    leadTo: (app) => html`Retournez à ${app}. Vous pouvez fermer cette fenêtre.`,
    goOn: 'Continuer',
  },
  formPost: {
    title: 'Un instant',
    lead: 'Nous vous ramenons à l’application. Si rien ne se passe, appuyez sur le bouton.',
    onward: 'Nous vous redirigeons. Si rien ne se passe, appuyez sur le bouton.',
    submit: 'Continuer',
  },
  embedded: {
    title: 'Connectez-vous dans votre navigateur',
    lead: 'Cette fenêtre appartient à une application, qui pourrait y lire votre mot de passe. Pour vous protéger, la connexion n’est possible que dans votre navigateur.',
    leadTo: (app) =>
      html`Cette fenêtre appartient à ${app}, qui pourrait y lire votre mot de passe. Pour vous protéger, la connexion n’est possible que dans votre navigateur.`,
    advice:
      'Retournez à l’application et choisissez « Ouvrir dans le navigateur », ou demandez une mise à jour à son éditeur.',
  },
  error: {
    reference: 'Référence',
    tellSupport: 'Indiquez cette référence si vous demandez de l’aide.',
    tryAgain: 'Réessayer',
    forDevelopers: 'Pour les développeurs',
    requested: 'Demandée',
    nearest: 'Adresse enregistrée la plus proche',
    differences: 'Différences',
    problems: {
      general: ['Quelque chose ne va pas', 'L’opération n’a pas abouti. Retournez à l’application et réessayez.'],
      'callback-mismatch': [
        'Cette application est mal configurée',
        'Elle voulait vous envoyer à une adresse qu’elle n’a pas enregistrée, nous nous arrêtons donc ici. Votre compte est en sécurité.',
      ],
      'logout-url-mismatch': [
        'Cette application est mal configurée',
        'Elle voulait vous envoyer à une adresse qu’elle n’a pas enregistrée, nous nous arrêtons donc ici.',
      ],
      'unknown-client': [
        'Nous ne connaissons pas cette application',
        'L’application qui vous a envoyé ici n’est pas enregistrée chez nous.',
      ],
      'invalid-request': [
        'Ce lien ne fonctionne pas',
        'L’application nous a envoyé une demande incompréhensible. Retournez-y et réessayez.',
      ],
      expired: [
        'L’attente a été trop longue',
        'Pour votre sécurité, la connexion expire au bout d’un moment. Recommencez depuis l’application.',
      ],
      'access-denied': ['Vous n’avez pas accès', 'Ce compte ne peut pas utiliser cette application.'],
      'connection-failed': [
        'L’autre service n’a pas répondu',
        'Nous n’avons pas pu vous y connecter. Réessayez dans un instant.',
      ],
      'too-many-requests': ['Patientez un instant', 'Il y a eu trop de demandes. Réessayez dans quelques minutes.'],
      overloaded: [
        'Il y a beaucoup de monde',
        'Beaucoup de personnes se connectent en ce moment. Réessayez dans un instant.',
      ],
      'not-found': ['Il n’y a rien ici', 'Vérifiez l’adresse ou retournez à l’application.'],
      'server-error': ['Une erreur est survenue', 'C’est notre faute, pas la vôtre. Réessayez dans un instant.'],
    },
  },
  help: 'Besoin d’aide ?',
  scopes: {
    openid: 'Savoir qui vous êtes',
    profile: 'Voir votre nom et votre photo',
    email: 'Voir votre adresse e-mail',
    address: 'Voir votre adresse postale',
    phone: 'Voir votre numéro de téléphone',
    offline_access: 'Rester connectée lorsque vous ne l’utilisez pas',
  },
  actions: {
    read: 'lire',
    create: 'créer',
    write: 'écrire',
    update: 'modifier',
    delete: 'supprimer',
    list: 'lister',
    manage: 'gérer',
  },
}
