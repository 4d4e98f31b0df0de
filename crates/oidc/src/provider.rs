//! A provider: where a browser is sent, and what is made of what it brings back.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenVerifier,
    IssuerUrl, PkceCodeChallenge, RedirectUrl, RequestTokenError, Scope, StandardErrorResponse,
    TokenResponse,
    core::{
        CoreAuthPrompt, CoreErrorResponseType, CoreJsonWebKey, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreResponseType,
    },
};
use ring::digest::{SHA256, digest};
use url::{Host, Url};

use crate::{
    Asked, Client, Http, Identity, Refusal, Secret, Shown, Subject, Terms, Trouble, Unreachable,
    claims::{Claims, Relying},
    http::Calling,
    known::Known,
    terms::LEEWAY,
    trouble::is_by_unknown_key,
};

/// Signatures that only the provider can make. One by the secret that it shares with this node (HS256) is none of them.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// An ID token is made for the code that it is fetched with: an older one was kept by somebody.
const OLDEST: SignedDuration = SignedDuration::from_mins(10);

/// What a provider is made of.
pub struct ProviderParts {
    /// What employees call it, on the button.
    pub name: String,
    /// Its address, to the last character as it writes it itself.
    pub issuer: String,
    /// What it calls this node.
    pub client_id: String,
    /// How this node proves itself there.
    pub client: Client,
    /// Where it sends browsers back to.
    pub redirect: Url,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// What is asked of it.
    pub terms: Terms,
    /// The way there.
    pub http: Arc<dyn Http>,
}

/// Why something can't be a provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// Anybody on the way could be the provider.
    #[error(
        "issuer must be an https address without query or fragment (http is for this machine alone)"
    )]
    Issuer,
    /// One factor might be enough.
    #[error(
        "one of acr, amr and claims must say how surely the provider has to make sure of somebody"
    )]
    NoTerms,
}

/// An identity provider.
pub struct Provider {
    name: String,
    client_id: ClientId,
    client: Client,
    redirect: RedirectUrl,
    scopes: Vec<Scope>,
    terms: Terms,
    known: Known,
}

/// An address under which somebody else can't answer.
fn is_safe(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    bare && (url.scheme() == "https" || url.scheme() == "http" && here)
}

impl Provider {
    /// Of these parts. Nothing is asked of it yet.
    pub fn new(parts: ProviderParts) -> Result<Self, Unfit> {
        let issuer = IssuerUrl::new(parts.issuer).map_err(|_| Unfit::Issuer)?;
        if !is_safe(issuer.url()) {
            return Err(Unfit::Issuer);
        }
        if !parts.terms.are_any() {
            return Err(Unfit::NoTerms);
        }
        Ok(Self {
            name: parts.name,
            client_id: ClientId::new(parts.client_id),
            client: parts.client,
            redirect: RedirectUrl::from_url(parts.redirect),
            scopes: parts.scopes.into_iter().map(Scope::new).collect(),
            terms: parts.terms,
            known: Known::new(issuer, parts.http),
        })
    }

    /// What employees call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address.
    pub fn issuer(&self) -> &str {
        self.known.issuer().as_str()
    }

    /// Where a browser is sent, to be asked who its user is.
    pub async fn ask(&self, asked: &Asked, now: Timestamp) -> Result<Url, Trouble> {
        let known = self.known.now(now).await?;
        let client = self.relying(&known);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&asked.verifier());
        let anew = asked.since().is_some();
        let max_age = if anew { Duration::ZERO } else { self.terms.max_age.unsigned_abs() };
        let (state, nonce) = (CsrfToken::new(asked.state().to_owned()), asked.nonce());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, move || state, move || nonce)
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(challenge)
            .set_max_age(max_age);
        for acr in &self.terms.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if self.terms.each_time || anew {
            request = request.add_prompt(CoreAuthPrompt::Login);
        }
        Ok(request.url().0)
    }

    /// Whom the provider has made sure of: takes the code there, and judges the ID token that it is given for it.
    pub async fn exchange(
        &self,
        code: &str,
        asked: Asked,
        now: Timestamp,
    ) -> Result<Identity, Trouble> {
        let known = self.known.now(now).await?;
        let client = self.relying(&known);
        let code = AuthorizationCode::new(code.to_owned());
        let request = client
            .exchange_code(code)
            .map_err(|_| Trouble::Away("its description names no address for codes".to_owned()))?;
        let mut request = request.set_pkce_verifier(asked.verifier());
        if let Some(assertion) = self.assertion(&known, &asked, now)? {
            request = request
                .add_extra_param(
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                )
                .add_extra_param("client_assertion", assertion);
        }
        let calling = Calling(self.known.http());
        let tokens = request.request_async(&calling).await.map_err(|error| not_given(&error))?;
        let token = tokens.id_token().ok_or(Refusal::Garbled)?;
        let (nonce, since) = (asked.nonce(), asked.since());
        let claims = match token.claims(&self.verifier(&known, now), &nonce) {
            Err(error) if is_by_unknown_key(&error) => {
                // The provider may have changed its keys since.
                let known = self.known.anew(now).await?;
                token.claims(&self.verifier(&known, now), &nonce)
            }
            judged => judged,
        };
        let claims = claims.map_err(|error| Refusal::from(&error))?;
        Ok(self.judge(claims, (since, now))?)
    }

    fn judge(
        &self,
        claims: &Claims,
        (since, now): (Option<Timestamp>, Timestamp),
    ) -> Result<Identity, Refusal> {
        if claims.authorized_party().is_some_and(|party| *party != self.client_id) {
            return Err(Refusal::Audience);
        }
        let methods = claims.auth_method_refs().into_iter().flatten();
        let further = &claims.additional_claims().0;
        let shown = Shown {
            acr: claims.auth_context_ref().map(|acr| acr.as_str()),
            amr: methods.map(|method| method.as_str()).collect(),
            claims: further.iter().map(|(name, value)| (name.as_str(), value)).collect(),
            auth_time: claims
                .auth_time()
                .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        };
        self.terms.judge(&shown, now)?;
        let anew = |since| shown.auth_time.is_some_and(|at| at >= since - LEEWAY);
        if !since.is_none_or(anew) {
            return Err(Refusal::AuthTime);
        }
        Ok(Identity {
            issuer: self.issuer().to_owned(),
            subject: Subject::new(claims.subject().as_str()).ok_or(Refusal::Garbled)?,
        })
    }

    fn relying(
        &self,
        known: &CoreProviderMetadata,
    ) -> Relying<
        EndpointSet,
        EndpointNotSet,
        EndpointNotSet,
        EndpointNotSet,
        EndpointMaybeSet,
        EndpointMaybeSet,
    > {
        let secret = |secret: &Secret| Some(ClientSecret::new(secret.expose().to_owned()));
        let (secret, how) = match &self.client {
            Client::Basic(known) => (secret(known), AuthType::BasicAuth),
            Client::Post(known) => (secret(known), AuthType::RequestBody),
            Client::Key(_) => (None, AuthType::RequestBody),
        };
        Relying::from_provider_metadata(known.clone(), self.client_id.clone(), secret)
            .set_auth_type(how)
            .set_redirect_uri(self.redirect.clone())
    }

    fn verifier(
        &self,
        known: &CoreProviderMetadata,
        now: Timestamp,
    ) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let moment = DateTime::from_timestamp(now.as_second(), 0).unwrap_or_default();
        let issued = move |at: DateTime<Utc>| {
            let age = SignedDuration::from_secs(now.as_second() - at.timestamp());
            let of_now = age <= OLDEST && age >= -LEEWAY;
            if of_now { Ok(()) } else { Err("not of now".to_owned()) }
        };
        // Without the client's secret, so that no token counts which that could have signed.
        IdTokenVerifier::new_public_client(
            self.client_id.clone(),
            self.known.issuer().clone(),
            known.jwks().clone(),
        )
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || moment)
        .set_issue_time_verifier_fn(issued)
    }

    fn assertion(
        &self,
        known: &CoreProviderMetadata,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<Option<String>, Trouble> {
        let (Client::Key(key), Some(address)) = (&self.client, known.token_endpoint()) else {
            return Ok(None);
        };
        let once = digest(&SHA256, asked.verifier().secret().as_bytes());
        let once = URL_SAFE_NO_PAD.encode(once);
        let client = (self.client_id.as_str(), address.as_str());
        let signed = key.assert(client, &once, now);
        let signed = signed.ok_or(Trouble::Misconfigured("this node's key signs nothing"))?;
        Ok(Some(signed.to_string()))
    }
}

/// The error of a token request.
type NotGiven = RequestTokenError<Unreachable, StandardErrorResponse<CoreErrorResponseType>>;

/// Nothing of what the provider wrote is repeated: it may name somebody.
fn not_given(error: &NotGiven) -> Trouble {
    match error {
        RequestTokenError::Request(Unreachable(why)) => Trouble::Away(why.clone()),
        RequestTokenError::ServerResponse(said) => match said.error() {
            CoreErrorResponseType::InvalidGrant => Refusal::Code.into(),
            CoreErrorResponseType::InvalidClient => {
                Trouble::Misconfigured("it does not take this node's credentials (invalid_client)")
            }
            CoreErrorResponseType::UnauthorizedClient => {
                Trouble::Misconfigured("this node may not use codes there (unauthorized_client)")
            }
            _ => Trouble::Misconfigured("it does not understand this node's request"),
        },
        RequestTokenError::Parse(..) => Refusal::Garbled.into(),
        RequestTokenError::Other(_) => {
            Trouble::Away("it answered something else than a token".to_owned())
        }
    }
}
