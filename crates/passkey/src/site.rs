//! The site that passkeys are bound to: a node's public address.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, Webauthn, WebauthnBuilder,
};

use crate::{Answer, Credential, Refusal};

/// The address names no domain, or is not one that browsers trust.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("passkeys need a public address with a domain name over https (or localhost)")]
pub struct NoDomain;

/// What the browser is asked, as the JSON that `PublicKeyCredential.parse…OptionsFromJSON` takes.
pub struct Options(pub Value);

/// A passkey that is being added: the challenge that only its answer fits.
pub struct Adding(PasskeyRegistration);

/// Somebody who is asked for a passkey: the challenge that only its answer fits.
pub struct Asking(DiscoverableAuthentication);

/// The site.
pub struct Site {
    library: Webauthn,
    origin: String,
}

impl Site {
    /// The site of an address: its domain is what passkeys are bound to (the RP ID), and only pages of that very scheme, host and
    /// port are believed. Browsers know no passkeys for bare addresses, nor without TLS, but on localhost.
    pub fn new(address: &Url) -> Result<Self, NoDomain> {
        let domain = address.domain().ok_or(NoDomain)?;
        let local = domain == "localhost" || domain.ends_with(".localhost");
        if address.scheme() != "https" && !local {
            return Err(NoDomain);
        }
        let builder = WebauthnBuilder::new(domain, address).map_err(|_| NoDomain)?;
        let library = builder.rp_name("Kinfold").build().map_err(|_| NoDomain)?;
        Ok(Self { library, origin: address.origin().ascii_serialization() })
    }

    /// Scheme, host and port, as browsers write them.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Asks for a new passkey that needs no user name (a discoverable credential). `known` are those that the person has: none is
    /// made twice on the same thing.
    pub fn add(
        &self,
        (owner, user_name): (Uuid, &str),
        known: &[Credential],
    ) -> Result<(Options, Adding), Refusal> {
        let known = known.iter().map(|known| known.0.cred_id().clone()).collect();
        // The person's name is not told to the thing: the user name is enough to choose by.
        let (options, adding) =
            self.library.start_passkey_registration(owner, user_name, user_name, Some(known))?;
        let mut options = public_key(&options)?;
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok((Options(options), Adding(adding)))
    }

    /// The new passkey, if the answer is right.
    pub fn added(&self, text: &str, adding: &Adding) -> Result<Credential, Refusal> {
        let answer = serde_json::from_str(text).map_err(|_| Refusal::Garbled)?;
        Ok(Credential(self.library.finish_passkey_registration(&answer, &adding.0)?))
    }

    /// Asks for a passkey: any that the person has here, or, where it is known who that must be, one of theirs.
    pub fn ask(&self, of: Option<&[Credential]>) -> Result<(Options, Asking), Refusal> {
        let (options, asking) = self.library.start_discoverable_authentication()?;
        let mut options = public_key(&options)?;
        if let Some(of) = of {
            let allowed = of
                .iter()
                .map(|one| json!({ "type": "public-key", "id": base64url(one.0.cred_id()) }));
            options["allowCredentials"] = allowed.collect();
        }
        Ok((Options(options), Asking(asking)))
    }

    /// The passkey as it stands after a right answer: its counter has grown.
    pub fn answered(
        &self,
        answer: &Answer,
        asking: Asking,
        credential: &Credential,
    ) -> Result<Credential, Refusal> {
        let library = &self.library;
        let result =
            library.finish_discoverable_authentication_v2(&answer.0, asking.0, &credential.0)?;
        if !result.user_verified() {
            return Err(Refusal::NotVerified);
        }
        let mut after = credential.clone();
        after.0.update_credential(&result);
        Ok(after)
    }
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn public_key(options: &impl serde::Serialize) -> Result<Value, Refusal> {
    let mut options = serde_json::to_value(options).map_err(|_| Refusal::Garbled)?;
    Ok(options["publicKey"].take())
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;
