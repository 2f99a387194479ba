const words = (text: string) => text.trim().split(/\s+/)

/** What Auth0's format has and we do not apply yet, by place: it is counted and reported, and stops nothing. */
const notYet: Record<string, string[]> = {
  '': words(`
    roles actions actionModules triggers organizations rules rulesConfigs hooks pages emailProvider emailTemplates
    guardianFactors guardianFactorProviders guardianFactorTemplates guardianPolicies guardianPhoneFactorSelectedProvider
    guardianPhoneFactorMessageTypes prompts customDomains logStreams themes forms flows flowVaultConnections
    selfServiceProfiles networkACLs userAttributeProfiles connectionProfiles tokenExchangeProfiles
    riskAssessment supplementalSignals rateLimitPolicies eventStreams phoneProviders phoneTemplates
    clientAuthCredentials migrations`),
  tenant: words(`
    change_password device_flow guardian_mfa_page error_page default_token_quota ephemeral_session_lifetime
    idle_ephemeral_session_lifetime ephemeral_session_lifetime_in_minutes idle_ephemeral_session_lifetime_in_minutes
    default_redirection_uri security_headers sessions customize_mfa_in_postlogin_action
    allow_organization_name_in_authentication_api acr_values_supported mtls pushed_authorization_requests_supported
    resource_parameter_profile client_id_metadata_document_supported phone_consolidated_experience
    include_session_metadata_in_tenant_logs dynamic_client_registration_security_mode country_codes universal_login`),
  'tenant.flags': words(`
    change_pwd_flow_v1 enable_apis_section disable_impersonation enable_client_connections enable_pipeline2
    allow_legacy_delegation_grant_types allow_legacy_ro_grant_types allow_other_legacy_grant_types
    allow_legacy_tokeninfo_endpoint enable_legacy_profile
    enable_idtoken_api2 enable_public_signup_user_exists_error enable_sso allow_changing_enable_sso
    disable_clickjack_protection_headers no_disclose_enterprise_connections
    enforce_client_authentication_on_passwordless_start enable_adfs_waad_email_verification dashboard_log_streams_next
    dashboard_insights_view disable_fields_map_fix mfa_show_factor_list_on_enrollment remove_alg_from_jwks
    improved_signup_bot_detection_in_classic genai_trial enable_dynamic_client_registration
    disable_management_api_sms_obfuscation trust_azure_adfs_email_verified_connection_property custom_domains_provisioning
    require_pushed_authorization_requests universal_login new_universal_login_experience_enabled
    enable_custom_domain_in_emails enable_legacy_logs_search_v2
    cannot_change_enforce_client_authentication_on_passwordless_start`),
  branding: words('favicon_url font templates identifiers'),
  attackProtection: words('breachedPasswordDetection botDetection captcha'),
  'attackProtection.bruteForceProtection': words('shields mode'),
  'attackProtection.suspiciousIpThrottling': ['shields'],
  'attackProtection.suspiciousIpThrottling.stage': words('pre-user-registration pre-custom-token-exchange'),
  'attackProtection.suspiciousIpThrottling.stage.pre-login': ['rate'],
  clients: words(`
    oidc_logout client_aliases allowed_clients is_token_endpoint_ip_header_trusted sso cross_origin_authentication
    cross_origin_auth cross_origin_loc sso_disabled custom_login_page_on custom_login_page custom_login_page_preview
    form_template native_social_login default_organization organization_require_behavior
    organization_discovery_methods require_pushed_authorization_requests require_proof_of_possession
    signed_request_object compliance_level token_exchange par_request_expiry token_quota resource_server_identifier
    third_party_security_mode redirection_policy async_approval_notification_channels encryption_key
    client_authentication_methods fedcm_login express_configuration my_organization_configuration
    token_vault_privileged_access session_transfer addons jwks_uri external_client_id external_metadata_type
    external_metadata_created_by`),
  'clients.jwt_configuration': ['scopes'],
  'clients.refresh_token': ['policies'],
  resourceServers: words(`
    signing_secret allow_online_access allow_online_access_with_ephemeral_sessions token_encryption consent_policy
    authorization_details proof_of_possession authorization_policy token_lifetime_for_web client_id`),
  clientGrants: words(`
    default_for organization_usage allow_any_organization subject_type authorization_details_types allow_all_scopes`),
  ...both('databases', 'connections', {
    '': words('is_domain_connection realms metadata authentication connected_accounts cross_app_access_requesting_app'),
    options: words(`
      mfa strategy_version authentication_methods passkey_options attributes precedence realm_fallback import_mode
      customScripts configuration enabledDatabaseCustomization enable_script_context disable_self_service_change_password
      password_history password_options non_persistent_attrs custom_password_hash upstream_params
      set_user_root_attributes tenant_domain federated_connections_access_tokens freeform_scopes
      token_endpoint_auth_signing_alg token_endpoint_jwtca_aud_format dpop_signing_alg send_back_channel_nonce
      id_token_session_expiry_supported oidc_metadata`),
  }),
  users: words('roles custom_password_hash mfa_factors'),
}

/** What an export says about Auth0's own side, or what is always so here: nothing is lost, and nothing is said. */
const meaningless: Record<string, string[]> = {
  tenant: words('sandbox_version legacy_sandbox_version sandbox_versions_available enable_ai_guide'),
  clients: words('oidc_conformant global tenant signing_keys callback_url_template encrypted'),
  'clients.jwt_configuration': ['secret_encoded'],
  resourceServers: words('id is_system'),
  clientGrants: words('id is_system'),
  ...both('databases', 'connections', { '': ['id', 'provisioning_ticket_url'], options: ['schema_version'] }),
  users: words('verify_email'),
}

export type Standing = 'not yet' | 'meaningless' | 'unknown'

/** @param place names without positions, such as `clients.refresh_token` */
export function standingOf(place: string, key: string): Standing {
  if (notYet[place]?.includes(key)) return 'not yet'
  if (meaningless[place]?.includes(key)) return 'meaningless'
  return 'unknown'
}

export const knownSections = notYet[''] ?? []

function both(first: string, second: string, lists: Record<string, string[]>): Record<string, string[]> {
  const entries = Object.entries(lists)
  const under = (section: string) =>
    entries.map(([place, keys]) => [place === '' ? section : `${section}.${place}`, keys])
  return Object.fromEntries([...under(first), ...under(second)])
}
